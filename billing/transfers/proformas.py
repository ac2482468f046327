"""«پیش‌فاکتور»: asked for by the owner, given up, lapsed. Its number is the order's; it is no invoice.

Locks: owner's row, then the order.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from billing import orders, price_fit
from billing.cart import cart_of
from billing.differences import deadline, dues
from billing.models import LineKind, Order, OrderLine, OrderState, Proforma, ProformaState
from billing.models.payments import HOLDING, UNDER_CHECK
from billing.payment_messages import about_order
from billing.transfers import account, holding, matching, sums, telling
from notifications import daytime, notices, outbox
from septam import audit, clock, jalali
from septam.digits import to_persian

logger = logging.getLogger(__name__)
# What a run of a job takes.
BATCH = 100


class NotPossible(Exception):
    """The order cannot have a proforma (any more), or its proforma cannot be given up now."""


def ask(user: User, number: str) -> Proforma:
    """The order's proforma, valid for PROFORMA_DAYS from today; one that stands is given again.

    Raises Order.DoesNotExist for another's order, NotPossible, and orders.PriceChanged if a place is not what
    was priced.
    """
    if not account.is_offered():
        raise NotPossible
    with transaction.atomic():
        order = _locked(user.pk, number)
        known = Proforma.objects.filter(order=order).first()
        if known is not None and known.state == ProformaState.STANDING:
            return known
        if known is not None or not _may_have(order):
            raise NotPossible
        if not price_fit.fits(order, clock.today()):
            raise orders.PriceChanged(cart_of(user))
        last_day = clock.today() + timedelta(days=settings.PROFORMA_DAYS)
        made = Proforma.objects.create(order=order, asked_at=clock.now(), valid_until=last_day)
        audit.record(user.pk, "proforma.ask", order)
        return made


def _may_have(order: Order) -> bool:
    asked = order.attempts.filter(state__in=UNDER_CHECK)
    if deadline.is_over(order):
        # A proforma holds its order for days: it would put the end off for ever.
        return False
    if order.state != OrderState.OPEN or order.payable_rial <= 0 or asked.exists():
        return False
    return not price_fit.shut_laboratory(order)


def may_be_asked(order: Order) -> bool:
    """Whether the order's page offers a proforma."""
    if not account.is_offered() or Proforma.objects.filter(order=order).exists():
        return False
    return _may_have(order)


def _locked(owner_id: int, number: str) -> Order:
    orders.lock_owner(owner_id)
    mine = Order.objects.select_for_update(of=("self",)).filter(owner_id=owner_id)
    return mine.get(number=number)


def withdraw(user: User, number: str) -> None:
    """«انصراف از پیش‌فاکتور»: the order is cancelled, its places go back into the cart at the day's prices.

    Raises Order.DoesNotExist for another's order, NotPossible where none stands, a payment is under way, or
    money was reported or has come.
    """
    with transaction.atomic():
        order = _locked(user.pk, number)
        if not _end(order, ProformaState.WITHDRAWN):
            raise NotPossible
        audit.record(user.pk, "proforma.withdraw", order)


def may_be_withdrawn(order: Order) -> bool:
    """Whether no money of the order is under way, was reported or has come."""
    return not (holding.has_money(order) or order.attempts.filter(state__in=HOLDING).exists())


def _end(order: Order, state: ProformaState) -> bool:
    """End the standing proforma of a locked order and cancel the order; False where something holds it."""
    if not may_be_withdrawn(order):
        return False
    standing = Proforma.objects.filter(order=order, state=ProformaState.STANDING)
    if order.state != OrderState.OPEN or not standing.update(state=state, ended_at=clock.now()):
        return False
    orders.dissolve([order])
    outbox.withdraw(about=about_order(order.pk))
    dues.renew(order)
    return True


def lapse_due() -> int:
    """End the proformas whose last day is over, or a place of which another payment paid; returns how many.

    One with a payment under way, or for which money was reported or came, waits for the outcome.
    """
    over = Q(valid_until__lt=clock.today()) | Exists(_paid_lines())
    due = Proforma.objects.filter(over, state=ProformaState.STANDING)
    due = due.exclude(order__in=holding.with_money()).exclude(order__attempts__state__in=HOLDING)
    rows = due.order_by("valid_until", "pk").values_list("order__owner_id", "order__number")
    return sum(_lapse(owner_id, number) for owner_id, number in rows[:BATCH])


def end_parts_due() -> int:
    """End the proformas of which a part came and the rest did not; finance returns the part. Gives how many ended.

    The rest had the same days as the whole (`arrives_until`), and as many again to be looked for.
    """
    looked_for = timedelta(days=2 * settings.TRANSFER_ARRIVAL_DAYS)
    over = Proforma.objects.filter(
        state=ProformaState.STANDING, valid_until__lt=clock.today() - looked_for
    )
    due = over.filter(order__in=holding.with_money()).exclude(order__in=holding.with_reports())
    due = due.exclude(order__attempts__state__in=HOLDING)
    rows = due.order_by("valid_until", "pk").values_list("order__owner_id", "order__number")
    return sum(_end_part(owner_id, number) for owner_id, number in rows[:BATCH])


def _end_part(owner_id: int, number: str) -> bool:
    with transaction.atomic():
        order = _locked(owner_id, number)
        if order.state != OrderState.OPEN or sums.reported_rial(order.pk):
            return False
        if matching.is_named(number):
            return False
        came = matching.let_go(order, _("The rest did not come in time."))
        if not _end(order, ProformaState.LAPSED):
            transaction.set_rollback(True)
            return False
        telling.rest_missing(order, came)
        audit.record(None, "proforma.lapse", order)
        return True


def _paid_lines() -> QuerySet[OrderLine]:
    """Of an order that waits: lines of visits that late money of another order has paid."""
    paid = OrderLine.objects.filter(order=OuterRef("order_id"), request__paid_at__isnull=False)
    return paid.exclude(kind=LineKind.DIFFERENCE)


def _lapse(owner_id: int, number: str) -> bool:
    with transaction.atomic():
        order = _locked(owner_id, number)
        is_over = order.proforma.valid_until < clock.today()
        if not _end(order, ProformaState.LAPSED):
            return False
        if not dues.is_difference(order):
            # Of a difference the new order was told already.
            _tell_lapsed(owner_id, number, is_over=is_over)
        audit.record(None, "proforma.lapse", order)
        return True


def _tell_lapsed(owner_id: int, number: str, *, is_over: bool) -> None:
    why = (
        _("No money came for proforma %(number)s in time. Its places stand in your cart again.")
        if is_over
        else _("A place of proforma %(number)s was paid by another payment. What is left to be paid stands in your cart.")
    )  # fmt: skip
    body = why % {"number": to_persian(number)}
    title = _("The proforma has lapsed")
    notices.add(owner_id, "proforma.lapsed", title, body, reverse("billing:cart"))


def remind_due() -> int:
    """Tell owners, once and by day, that tomorrow is the last day of their proforma; returns how many were told."""
    if not daytime.is_now():
        return 0
    tomorrow = clock.today() + timedelta(days=1)
    near = Proforma.objects.filter(
        state=ProformaState.STANDING, valid_until__range=(clock.today(), tomorrow), reminded_at=None
    )
    ids = near.exclude(order__in=holding.with_money()).order_by("pk").values_list("pk", flat=True)
    return sum(_remind(pk) for pk in ids[:BATCH])


def _remind(pk: int) -> bool:
    with transaction.atomic():
        # One statement decides who tells.
        waiting = Proforma.objects.filter(pk=pk, state=ProformaState.STANDING, reminded_at=None)
        proforma = waiting.select_related("order__owner").first()
        if proforma is None or price_fit.shut_laboratory(proforma.order):
            # The page of one whose laboratory is shut says: transfer nothing.
            return False
        if not waiting.update(reminded_at=clock.now()):
            return False
        _tell_end(proforma)
        return True


def _tell_end(proforma: Proforma) -> None:
    order, number = proforma.order, proforma.order.number
    body = _(
        "Proforma %(number)s is valid until the end of %(day)s. Once you have transferred the money, report it there."
    )
    values = {"number": to_persian(number), "day": jalali.long_date(proforma.valid_until)}
    link = reverse("billing:proforma", args=[number])
    title = _("The proforma is about to lapse")
    notices.add(order.owner_id, "proforma.reminder", title, body % values, link)
    if order.owner.mobile:
        due = jalali.day_and_month(proforma.valid_until)
        outbox.queue(
            "proforma.reminder", order.owner.mobile, {"number": number, "due": due},
            user_id=order.owner_id, once_key=f"proforma.reminder:{proforma.pk}",
            about=about_order(order.pk), valid_until=daytime.end(),
        )  # fmt: skip


def run() -> int:
    """The periodic job: remind, then lapse; returns how many were touched."""
    return remind_due() + lapse_due() + end_parts_due()
