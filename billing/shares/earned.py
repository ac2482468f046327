"""What a laboratory earned: a row for each visit fee that was paid, and one for each refund that took of it again.

Whole rial. A laboratory's part of a fee is cut to whole rial (the rest is the portal's). After a refund the part is
computed anew of what is left of the fee, and the row holds the difference: so the rows of a fee always add up to the
part of what the owner really paid in the end. What a refund takes of the fee goes by the fee's part of all that was
paid for the request, in favour of the fee by less than a rial.

A fee is a laboratory's in the month in which its order was paid, a refund in the month in which it was done; what was
not known when a month was closed comes into the next one. Money that placed no visit (late, second or excess
payments) is no laboratory's, nor is what finance returns of an order without naming a request.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from billing.models import (
    LineKind,
    OrderLine,
    OrderState,
    RefundCase,
    RefundReason,
    RefundState,
    ShareRow,
    ShareRule,
)
from billing.pricing import FEE_KINDS
from septam import jalali
from septam.money import BASIS_POINTS
from sites.models import Laboratory

# Order and request.
Key = tuple[int, int | None]


@dataclass(frozen=True)
class Row:
    """A row that no statement holds yet; without a rule for its day `basis_points` is None and the share 0."""

    line: OrderLine
    refund: RefundCase | None
    at: datetime
    basis_points: int | None
    base_rial: int
    laboratory_rial: int

    @property
    def portal_rial(self) -> int:
        """What is left of the base to the portal."""
        return self.base_rial - self.laboratory_rial


@dataclass
class _Fee:
    """A visit fee with what its rows, old and new, hold of it so far."""

    line: OrderLine
    basis_points: int | None
    base_rial: int = 0
    laboratory_rial: int = 0

    def row(self, base_left: int, at: datetime, refund: RefundCase | None = None) -> Row:
        """The row that brings the fee to `base_left`."""
        share = base_left * (self.basis_points or 0) // BASIS_POINTS
        found = Row(
            self.line, refund, at, self.basis_points, base_left - self.base_rial,
            share - self.laboratory_rial,
        )  # fmt: skip
        self.base_rial, self.laboratory_rial = base_left, share
        return found


@dataclass
class _Rules:
    """The rules of one laboratory."""

    rows: list[ShareRule] = field(default_factory=list)

    def basis_points(self, request_kind: str, day: date) -> int | None:
        """The share of a day; a rule of its own kind goes before the one of all kinds. None: no rule."""
        for kind in (FEE_KINDS[request_kind], ""):
            for rule in self.rows:
                if rule.kind == kind and day in rule.days:
                    return rule.basis_points
        return None


def rows_until(laboratory: Laboratory, end: datetime) -> list[Row]:
    """The rows before `end` that no statement holds yet, in the order in which the money moved."""
    rules = _Rules(list(ShareRule.objects.filter(laboratory=laboratory)))
    new = _paid_lines(laboratory).filter(order__paid_at__lt=end)
    fees: dict[int, _Fee] = {}
    rows = []
    for line in new.select_related("order", "request__place").order_by("order__paid_at", "pk"):
        paid_at = cast(datetime, line.order.paid_at)
        day = jalali.day_of(paid_at)
        fees[line.pk] = _Fee(line, rules.basis_points(line.request.kind, day))
        rows.append(fees[line.pk].row(line.amount_rial, paid_at))
    rows += _corrections(laboratory, end, fees)
    return sorted(rows, key=lambda row: (row.at, row.line.pk, row.refund is not None))


def _paid_lines(laboratory: Laboratory) -> QuerySet[OrderLine]:
    """New visit fees of requests that their own order placed: where late money placed nothing, the moments differ.

    A difference is a part of the fee that came later.
    """
    paid = (OrderState.PAID, OrderState.PAID_UNPLACED)
    held = ShareRow.objects.filter(line=OuterRef("pk"), refund=None)
    placed = Q(
        kind=LineKind.VISIT, order__state__in=paid, order__paid_at=F("request__paid_at")
    ) | Q(kind=LineKind.DIFFERENCE, order__state=OrderState.PAID)
    return OrderLine.objects.filter(~Exists(held), placed, request__laboratory=laboratory)


def _corrections(laboratory: Laboratory, end: datetime, fees: dict[int, _Fee]) -> list[Row]:
    """A row for each refund before `end` of a fee that an earlier statement or this one holds."""
    cases = RefundCase.objects.filter(
        state=RefundState.DONE, done_at__lt=end, request__isnull=False, share_rows=None
    )
    waiting = list(cases.order_by("done_at", "pk").select_related("request"))
    lines = _lines_of(laboratory, waiting, fees)
    paid = _paid_in_all(waiting)
    returned = _returned_before(waiting)
    rows = []
    for case in waiting:
        key = (case.order_id, case.request_id)
        fee = lines.get(key)
        if fee is None or case.done_at is None:
            continue
        returned[key] += case.amount_rial
        whole = paid[key]
        if case.reason == RefundReason.DIFFERENCE:
            # It goes back of the fee alone; nothing else of the visit costs less.
            whole = fee.line.amount_rial + fee.line.vat_rial
        left = fee.line.amount_rial - fee.line.amount_rial * min(returned[key], whole) // whole
        rows.append(fee.row(left, case.done_at, case))
    return rows


def _lines_of(
    laboratory: Laboratory, cases: Iterable[RefundCase], fees: dict[int, _Fee]
) -> dict[Key, _Fee]:
    """The fee of each refunded request, with what earlier statements hold of it."""
    found: dict[Key, _Fee] = {
        (fee.line.order_id, fee.line.request_id): fee for fee in fees.values()
    }
    old = ShareRow.objects.filter(
        statement__laboratory=laboratory, refund=None,
        line__request__in=[case.request_id for case in cases],
    )  # fmt: skip
    for row in old.select_related("line__request__place", "line__order"):
        held = ShareRow.objects.filter(line=row.line).aggregate(
            base=Sum("base_rial"), share=Sum("laboratory_rial")
        )
        fee = _Fee(row.line, row.basis_points, int(held["base"]), int(held["share"]))
        found[row.line.order_id, row.line.request_id] = fee
    return found


def _paid_in_all(cases: Iterable[RefundCase]) -> dict[Key, int]:
    """What was paid for each request of an order, all its lines with VAT."""
    lines = OrderLine.objects.filter(request__in=[case.request_id for case in cases])
    sums = lines.values_list("order_id", "request_id").annotate(
        total=Sum(F("amount_rial") + F("vat_rial"))
    )
    return {(order_id, request_id): int(total) for order_id, request_id, total in sums}


def _returned_before(cases: Iterable[RefundCase]) -> defaultdict[Key, int]:
    """What refunds that statements hold already returned of the same requests."""
    held = RefundCase.objects.filter(
        share_rows__isnull=False, request__in=[case.request_id for case in cases]
    )
    found: defaultdict[Key, int] = defaultdict(int)
    for case in held.distinct():
        found[case.order_id, case.request_id] += case.amount_rial
    return found
