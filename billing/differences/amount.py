"""How much more or less a visit costs by the measured area and the true category. Whole rial.

The visit fee is looked up anew in the price list of the day on which the paid order was made; VAT of a credit is the
paid line's, VAT of a further payment that of its own day. Travel and cloud services stay as they were ordered.

A certificate may have taken several visits: re-visits, and visits that were repeated free of charge. They are looked
at together, so that what was declared too small before a re-visit is not lost. Call all of it with the orders locked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, Sum

from billing.models import LineKind, OrderLine, OrderState, RefundCase, RefundReason, RefundState
from billing.models.orders import OF_A_VISIT
from billing.price_list import tariffs_for
from billing.pricing import VISIT, Locality, quote
from inspections.models import RequestKind, VisitReport, VisitRequest
from septam import jalali
from septam.money import BASIS_POINTS, vat_of

PAID_STATES = (OrderState.PAID, OrderState.PAID_UNPLACED)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Paid:
    """A paid line of a visit or of an earlier difference, with what is left of it (VAT included) after refunds of differences."""

    line: OrderLine
    left_rial: int

    @property
    def base_rial(self) -> int:
        """What is left before VAT."""
        return base_of(self.left_rial, self.line.vat_basis_points)

    def less(self, base_rial: int) -> int:
        """How much of it goes back, VAT included, if it had cost so much less before VAT."""
        rest = self.base_rial - base_rial
        return self.left_rial - (rest + vat_of(rest, self.line.vat_basis_points))


@dataclass(frozen=True)
class Due:
    """The difference before VAT (above 0: to be paid), and the paid lines, the newest first."""

    base_rial: int
    paid: tuple[Paid, ...]

    def back(self) -> list[tuple[Paid, int]]:
        """What goes back of which line, VAT included; empty where nothing does."""
        rest, found = max(0, -self.base_rial), []
        for one in self.paid:
            part = min(rest, one.base_rial)
            if part:
                found.append((one, one.less(part)))
            rest -= part
        return found


def base_of(payable_rial: int, basis_points: int) -> int:
    """The sum before VAT of a sum that includes it; the least one, and exact for sums that were made by `vat_of`."""
    return -(-payable_rial * BASIS_POINTS // (BASIS_POINTS + basis_points))


def due_of(request: VisitRequest, report: VisitReport) -> Due:
    """The difference of all visits that led to the report. Raises pricing.NoPrice where the list has no such fee."""
    visits = _visits_of(request)
    paid = _paid_lines(visits)
    should = sum(
        _fee(one.line, report)
        for one in paid
        if one.line.kind == LineKind.VISIT and one.line.amount_rial
    )
    return Due(should - sum(one.base_rial for one in paid), tuple(paid))


def _visits_of(request: VisitRequest) -> list[int]:
    """The request and, while it only repeats what was paid for before, those that it follows."""
    found = [request.pk]
    while request.previous is not None and (
        request.kind == RequestKind.REVISIT or _was_free(request)
    ):
        request = request.previous
        found.append(request.pk)
    return found


def _was_free(request: VisitRequest) -> bool:
    lines = OrderLine.objects.filter(request=request, kind=LineKind.VISIT)
    return lines.filter(order__state__in=PAID_STATES, amount_rial=0).exists()


def _paid_lines(request_ids: Iterable[int]) -> list[Paid]:
    lines = OrderLine.objects.filter(
        request__in=request_ids, kind__in=OF_A_VISIT, order__state__in=PAID_STATES
    ).select_related("order", "request")
    placed = [one for one in lines.order_by("-order__paid_at", "-pk") if _counts(one)]
    return [Paid(one, one.amount_rial + one.vat_rial - _returned(one)) for one in placed]


def _counts(line: OrderLine) -> bool:
    """Whether the line's money placed its visit, or paid its difference."""
    if line.kind == LineKind.VISIT:
        return line.order.paid_at == line.request.paid_at
    return line.order.state == OrderState.PAID


def _returned(line: OrderLine) -> int:
    # One that names no request was of this one too, for all that can be said.
    of_it = Q(request=line.request) | Q(request=None)
    cases = RefundCase.objects.filter(of_it, order=line.order, reason=RefundReason.DIFFERENCE)
    live = cases.exclude(state=RefundState.REFUSED)
    return int(live.aggregate(total=Sum("amount_rial"))["total"] or 0)


def _fee(line: OrderLine, report: VisitReport) -> int:
    """What the visit of a line would have cost on its order's day."""
    request, day = line.request, jalali.day_of(line.order.created_at)
    price = quote(
        kind=request.kind,
        level=report.level,
        area=_area(request, report),
        city=Locality(request.city_id, request.province_id),
        day=day,
        tariffs=tariffs_for(day),
    )
    return price.amount_of(VISIT)


def _area(request: VisitRequest, report: VisitReport) -> Decimal:
    """The measured area; the declared one where they hardly differ, or nothing was measured."""
    declared, measured = request.snapshot.get("area"), report.measured_area
    if not declared:
        return measured if measured is not None else Decimal(0)
    paid_for = Decimal(declared)
    if measured is None:
        return paid_for
    tolerated = paid_for * settings.DIFFERENCE_TOLERANCE_PERCENT / HUNDRED
    return paid_for if abs(measured - paid_for) <= tolerated else measured
