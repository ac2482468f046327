"""Closes a laboratory's month into a statement, once, and notes its payment. What was closed never changes."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import ShareRow, ShareStatement
from billing.shares.earned import Row, rows_until
from billing.shares.months import Month
from septam import audit, clock
from septam.refusal import Refusal
from sites.models import Laboratory


class NotPossible(Refusal):
    """The verb is not possible."""


@dataclass(frozen=True)
class Draft:
    """What a statement would hold if the month were closed now."""

    laboratory: Laboratory
    month: Month
    rows: list[Row]

    @property
    def base_rial(self) -> int:
        """What owners paid for visits before VAT, less what was returned."""
        return sum(row.base_rial for row in self.rows)

    @property
    def laboratory_rial(self) -> int:
        """The laboratory's part of it."""
        return sum(row.laboratory_rial for row in self.rows)

    @property
    def portal_rial(self) -> int:
        """The portal's part of it."""
        return self.base_rial - self.laboratory_rial

    @property
    def without_rule(self) -> list[Row]:
        """Fees of days for which the laboratory has no rule."""
        return [row for row in self.rows if row.basis_points is None]


def draft(laboratory: Laboratory, month: Month) -> Draft:
    """What the month holds so far."""
    return Draft(laboratory, month, rows_until(laboratory, month.ends))


def next_month(laboratory: Laboratory) -> Month:
    """The month to be closed next: the one after the last statement, else that of the first paid visit."""
    last = ShareStatement.objects.filter(laboratory=laboratory).order_by("-year", "-month").first()
    if last is not None:
        return Month(last.year, last.month).next
    rows = rows_until(laboratory, clock.now())
    return Month.of(rows[0].at if rows else clock.now())


def close(laboratory_id: int, month: Month, actor: User) -> ShareStatement:
    """Write the month's statement. Raises NotPossible: not over yet, closed before, a later one closed, no rule."""
    try:
        with transaction.atomic():
            laboratory = Laboratory.objects.select_for_update(no_key=True).get(pk=laboratory_id)
            _check(laboratory, month)
            found = draft(laboratory, month)
            if found.without_rule:
                raise NotPossible(
                    _("A visit of this month has no share rule; enter the rule first.")
                )
            return _write(found, actor)
    except IntegrityError as clash:
        raise NotPossible(_("This month was closed before.")) from clash


def _check(laboratory: Laboratory, month: Month) -> None:
    if not month.is_over:
        raise NotPossible(_("This month is not over yet."))
    closed = ShareStatement.objects.filter(laboratory=laboratory)
    if closed.filter(year=month.year, month=month.month).exists():
        raise NotPossible(_("This month was closed before."))
    last = closed.order_by("-year", "-month").first()
    if last is not None and Month(last.year, last.month) > month:
        raise NotPossible(
            _("A later month is closed; what is missing comes into the next statement.")
        )


def _write(found: Draft, actor: User) -> ShareStatement:
    month = found.month
    statement = ShareStatement.objects.create(
        laboratory=found.laboratory, year=month.year, month=month.month,
        number=f"{found.laboratory.code}-{month.year}{month.month:02}", base_rial=found.base_rial,
        laboratory_rial=found.laboratory_rial, portal_rial=found.portal_rial,
        closed_at=clock.now(), closed_by=actor,
    )  # fmt: skip
    ShareRow.objects.bulk_create(
        ShareRow(
            statement=statement, line=row.line, refund=row.refund, at=row.at,
            basis_points=row.basis_points or 0, base_rial=row.base_rial,
            laboratory_rial=row.laboratory_rial, portal_rial=row.portal_rial,
        )
        for row in found.rows
    )  # fmt: skip
    audit.record(actor.pk, "share.close", statement)
    return statement


def note_payment(statement_id: int, actor: User, reference: str) -> ShareStatement:
    """Finance paid the laboratory its share, by this reference of the bank. Raises NotPossible."""
    if not reference:
        raise NotPossible(_("Write the bank's reference."), "reference")
    try:
        with transaction.atomic():
            statement = ShareStatement.objects.select_for_update().get(pk=statement_id)
            if statement.paid_at is not None:
                raise NotPossible(_("The payment of this statement was noted before."))
            if statement.laboratory_rial <= 0:
                raise NotPossible(_("By this statement nothing is due to the laboratory."))
            statement.paid_at, statement.paid_by = clock.now(), actor
            statement.paid_reference = reference
            statement.save(update_fields=["paid_at", "paid_by", "paid_reference"])
            audit.record(actor.pk, "share.paid", statement)
            return statement
    except IntegrityError as clash:
        raise NotPossible(_("Another statement has this reference."), "reference") from clash
