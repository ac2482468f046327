"""Daily reconciliation: keep a bank's report, compare it with our payments, mark differences as settled.

The comparison is a handful of statements over the whole file (billing.finance.comparing). It writes the rows of
the report alone: no payment changes here, a difference is a matter for finance to look into.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing import gateways
from billing.finance import comparing
from billing.finance.bank_lines import BankLine
from billing.finance.file_reading import FileRefused
from billing.models import AttemptState, BankFile, BankFileRow, PaymentAttempt, RowKind
from billing.models.reconciliation import NO_DIFFERENCE
from septam import audit, clock, jalali

LONGEST_SPAN = timedelta(days=92)
BATCH = 2000


class NotOpen(Exception):
    """The row is no difference, or somebody marked it as settled meanwhile."""


@dataclass(frozen=True)
class Upload:
    """A report as finance sent it: its gateway, its name and digest, and what stood in it."""

    gateway: str
    name: str
    sha256: str
    lines: list[BankLine]


@dataclass(frozen=True)
class Sums:
    """The rows of one kind: how many, how many are still to be settled, and the money there and here in rial."""

    kind: RowKind
    count: int
    open: int
    there_rial: int
    here_rial: int

    @property
    def is_difference(self) -> bool:
        """Whether such rows ask for a look."""
        return self.kind not in NO_DIFFERENCE


def take(upload: Upload, actor: User) -> BankFile:
    """Keep the report and compare it. Raises FileRefused: taken before, another bank's, or days that cannot be."""
    first, last = _days(upload.lines)
    now = clock.now()
    try:
        with transaction.atomic():
            file = BankFile.objects.create(
                gateway=upload.gateway, name=upload.name[:100], sha256=upload.sha256, first_day=first, last_day=last,
                rows_count=len(upload.lines), uploaded_by=actor, uploaded_at=now, compared_at=now,
            )  # fmt: skip
            BankFileRow.objects.bulk_create(_rows(file, upload.lines), batch_size=BATCH)
            comparing.compare(file, _ours_until(file))
            _refuse_other_bank(file)
            audit.record(actor.pk, "finance.reconcile", file, gateway=file.gateway, rows=file.rows_count)  # fmt: skip
    except IntegrityError:
        raise FileRefused("again", _("This very file was taken before.")) from None
    return file


def _days(lines: list[BankLine]) -> tuple[date, date]:
    days = [line.day for line in lines]
    first, last = min(days), max(days)
    if last > clock.today():
        raise FileRefused("future", _("The file speaks of %(day)s, which is still to come."), day=jalali.latin_date(last))  # fmt: skip
    if last - first > LONGEST_SPAN:
        raise FileRefused("span", _("The file spans more than three months; send it in parts."))
    return first, last


def _rows(file: BankFile, lines: Iterable[BankLine]) -> Iterator[BankFileRow]:
    for line in lines:
        yield BankFileRow(
            file=file, line=line.line, kind=RowKind.ONLY_BANK, outcome=line.outcome,
            order_number=line.order_number, reference=line.reference, amount_rial=line.amount_rial,
            day=line.day, hour=line.hour,
        )  # fmt: skip


def _ours_until(file: BankFile) -> datetime:
    """Until when our payments must stand in the file: a day that was not over when it was sent is not judged."""
    sent_on = clock.in_tehran(file.uploaded_at).date()
    return _midnight(min(file.last_day + timedelta(days=1), sent_on))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.TEHRAN)


def _refuse_other_bank(file: BankFile) -> None:
    """A file none of whose payments is ours at this gateway, while some are ours at another one."""
    rows = file.rows.filter(line__gt=0)
    if rows.filter(attempt__isnull=False).exists():
        return
    theirs = PaymentAttempt.objects.exclude(gateway=file.gateway)
    numbers = rows.filter(order_number__isnull=False).values("order_number")
    other = theirs.filter(order_number__in=numbers).values_list("gateway", flat=True).first()
    if other is not None:
        raise FileRefused("other_bank", _("The payments of this file were made at «%(bank)s»; choose that gateway above."), bank=gateways.title_of(other))  # fmt: skip


def compare_again(file_id: int, actor: User) -> BankFile:
    """Compare a kept report with our payments as they are now; what was marked as settled stays so."""
    with transaction.atomic():
        file = BankFile.objects.select_for_update().get(pk=file_id)
        comparing.compare(file, _ours_until(file))
        file.compared_at = clock.now()
        file.save(update_fields=["compared_at"])
        audit.record(actor.pk, "finance.compare_again", file)
    return file


def settle(row_id: int, actor: User, note: str) -> BankFileRow:
    """Mark a difference as settled, with what was found out. Raises NotOpen, BankFileRow.DoesNotExist."""
    with transaction.atomic():
        row = BankFileRow.objects.select_for_update().get(pk=row_id)
        if row.settled_at is not None or row.kind in NO_DIFFERENCE:
            raise NotOpen
        row.settled_at, row.settled_by, row.note = clock.now(), actor, note
        row.save(update_fields=["settled_at", "settled_by", "note"])
        audit.record(actor.pk, "finance.settle_difference", row, kind=row.kind, attempt=row.attempt_id)  # fmt: skip
    return row


def differences() -> QuerySet[BankFileRow]:
    """The differences that nobody marked as settled yet."""
    return BankFileRow.objects.filter(settled_at=None).exclude(kind__in=NO_DIFFERENCE)


def sums_of(file: BankFile) -> list[Sums]:
    """The rows of a file by kind, in the order of RowKind; kinds without a row are left out."""
    found = file.rows.values("kind").annotate(
        count=Count("pk"), open=Count("pk", filter=Q(settled_at=None)), there=Sum("amount_rial"),
        here=Sum("attempt__amount_rial", filter=Q(attempt__state=AttemptState.SETTLED)),
    )  # fmt: skip
    by_kind = {row["kind"]: row for row in found}
    return [
        Sums(kind, row["count"], row["open"], row["there"] or 0, row["here"] or 0)
        for kind in RowKind
        if (row := by_kind.get(kind)) is not None
    ]
