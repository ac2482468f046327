"""How prices change: a new price ends the one before it, and what has been in force is never rewritten.

The rule: a row whose first day lies after today may be changed, or taken back. One that is in force keeps its price
and its beginning; only its end may be set, to a day after today. One that has ended stays as it is. Overlaps and gaps
are refused by the database (billing.models.tariffs); here its refusal becomes a message beside a field.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from billing.models import CloudTariff, Tariff, TravelFee, VatRate
from septam import clock, jalali
from septam.postgres import turns

Price = VatRate | Tariff | TravelFee | CloudTariff
# What a row is the price of: rows alike in these follow each other in time.
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    VatRate: (),
    Tariff: ("kind", "level", "province_id", "area"),
    TravelFee: ("province_id", "city_id"),
    CloudTariff: ("product_id", "level"),
}
# Rows alike in these may stand for each other on one day: of a city before its province, of a few metres before all.
_WIDER: dict[type[models.Model], tuple[str, ...]] = {
    VatRate: (), Tariff: ("kind", "level"), TravelFee: (), CloudTariff: ("product_id", "level"),
}  # fmt: skip
_OVERLAP = "23P01"


class PriceRefused(Exception):
    """A price cannot be so; `field` names the form's field that the Persian `message` belongs to."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class _Enough(Exception):
    """Ends a try that is to leave nothing behind."""


def is_future(row: Price) -> bool:
    """Whether the row is not in force yet, so that nothing can have used it."""
    return row.days.lower is not None and row.days.lower > clock.today()


def is_over(row: Price) -> bool:
    """Whether the row's last day lies behind us."""
    return row.days.upper is not None and row.days.upper <= clock.today()


def wait_for_others(model: type[models.Model]) -> None:
    """Let one at a time change prices of this kind, until the transaction ends; the trigger takes the same lock."""
    turns.take(model._meta.db_table)


def enter(row: Price) -> Price | None:
    """Insert a price; the one of the same kind that is open on its first day ends there, and is returned.

    Where no end is given the new row takes over the end of that one. Raises PriceRefused.
    """
    with _decided(row):
        before = _open_on(row)
        if before is not None:
            _refuse_today(row)
            row.days = DateRange(row.days.lower, row.days.upper or before.days.upper)
            _set_days(before, before.days.lower, row.days.lower)
        row.save(force_insert=True)
        if _may_have_been_used(row):
            _refuse_today(row)
        return before


def change(row: Price, fields: Sequence[str]) -> None:
    """Write these columns of a row that is not over; raises PriceRefused."""
    with _decided(row):
        kept = type(row)._default_manager.select_for_update().get(pk=row.pk)
        _refuse_rewriting(kept, row, fields)
        row.save(update_fields=list(fields))


def take_back(row: Price) -> Price | None:
    """Delete a price that is not in force yet; the one before it runs on as before, and is returned.

    Raises PriceRefused once it is in force.
    """
    with _decided(row):
        kept = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if not is_future(kept):
            raise PriceRefused("first_day", _("This price is in force already; it stays."))
        before = _alike(kept).filter(days__endswith=kept.days.lower).first()
        row.delete()
        if before is not None:
            _set_days(before, before.days.lower, kept.days.upper)
        return before


def refusal_of(attempt: Callable[[], object]) -> PriceRefused | None:
    """Try a change and leave nothing behind: why it would be refused, or None."""
    try:
        with transaction.atomic():
            attempt()
            raise _Enough
    except _Enough:
        return None
    except PriceRefused as refusal:
        return refusal


@contextmanager
def _decided(row: Price) -> Iterator[None]:
    """One transaction at whose end the database says whether all prices fit; its refusals become ours."""
    try:
        with transaction.atomic():
            wait_for_others(type(row))
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS prices_have_no_gaps IMMEDIATE")
                cursor.execute("SET CONSTRAINTS prices_have_no_gaps DEFERRED")
            _require_vat_for_good(row)
    except IntegrityError as problem:
        raise _refusal(problem, row) from problem


def _require_vat_for_good(row: Price) -> None:
    """A day without a rate is a day on which nobody can pay: the last rate has no end."""
    if isinstance(row, VatRate) and not VatRate.objects.filter(days__upper_inf=True).exists():
        message = _("The VAT rate has no last day: a new rate ends it by beginning.")
        raise PriceRefused("last_day", message)


def _refusal(problem: IntegrityError, row: Price) -> PriceRefused:
    error: Any = problem.__cause__
    if getattr(error, "pgcode", "") == _OVERLAP:
        message = _("These days or areas overlap another row; end that one first.")
        return PriceRefused("first_day", message)
    if getattr(error, "diag", None) and error.diag.constraint_name == "prices_have_no_gaps":
        first, end = (
            date.fromisoformat(part) for part in error.diag.message_detail.strip("[)").split(",")
        )
        return PriceRefused(
            "last_day" if first == row.days.upper else "first_day", _gap(first, end)
        )
    raise problem


def _gap(first: date, end: date) -> str:
    days = {
        "first": jalali.format_date(first),
        "last": jalali.format_date(end - timedelta(days=1)),
    }
    return _("From %(first)s to %(last)s there would be no price; leave no day out.") % days


def _alike(row: Price) -> Any:
    """The rows that are the price of the same thing."""
    same = {name: getattr(row, name) for name in KEYS[type(row)]}
    return type(row)._default_manager.filter(**same).exclude(pk=row.pk).select_for_update()


def _may_have_been_used(row: Price) -> bool:
    """Whether something was sold by a price that this one stands before."""
    same = {name: getattr(row, name) for name in _WIDER[type(row)]}
    others = type(row)._default_manager.filter(**same).exclude(pk=row.pk)
    return bool(others.filter(days__startswith__lte=clock.today()).exists())


def _open_on(row: Price) -> Any:
    first = row.days.lower
    return _alike(row).filter(days__contains=first, days__startswith__lt=first).first()


def _set_days(row: Price, first: date | None, end: date | None) -> None:
    row.days = DateRange(first, end)
    row.save(update_fields=["days"])


def _refuse_today(row: Price) -> None:
    if not is_future(row):
        message = _("A new price begins tomorrow at the earliest; today's has been used already.")
        raise PriceRefused("first_day", message)


def _refuse_rewriting(kept: Price, row: Price, fields: Sequence[str]) -> None:
    if is_future(kept):
        _refuse_today(row)
        return
    end = row.days.upper
    same_beginning = row.days.lower == kept.days.lower
    ends_later = end is None or end > clock.today()
    if is_over(kept) or not (set(fields) <= {"days"} and same_beginning and ends_later):
        message = _("A price in force stays; only its end may be set, to a day after today.")
        raise PriceRefused("last_day", message)
