"""Two days before their cart lets places go owners are told, once, of all of them."""

from datetime import timedelta

import pytest

from accounts.models import User
from billing import cart_reminders, orders, payments
from billing.models import Order
from inspections.models import VisitRequest
from notifications import preferences
from notifications.models import Notice, SmsMessage
from septam import clock
from tests.billing.bank import GATEWAY, Bank, make_cart, make_order
from tests.billing.settled import settle
from tests.billing.transfers import make_held_order
from tests.inspections.journey import START
from tests.people import make_stranger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_ten(db: None) -> None:
    clock.move_to(START)


def later(days: float) -> None:
    clock.move_to(clock.now() + timedelta(days=days))


def sms() -> list[tuple[str, str]]:
    rows = SmsMessage.objects.filter(event="cart.lapsing").order_by("pk")
    return [(row.values["place"], row.state) for row in rows]


def test_a_cart_is_told_of_once_two_days_before_it_lapses(owner: User) -> None:
    make_cart(owner)
    later(4.9)
    assert cart_reminders.remind() == 0
    later(0.2)
    assert cart_reminders.remind() == 1
    assert cart_reminders.remind() == 0
    later(1)
    assert cart_reminders.remind() == 0
    notice = Notice.objects.get(event="cart.lapsing")
    assert notice.link == "/cart/"
    assert sms() == [(VisitRequest.objects.get().place.title, "queued")]


def test_many_places_are_one_message(owner: User) -> None:
    make_cart(owner, "شعبه یک", "شعبه دو", "شعبه سه")
    later(5.1)
    assert cart_reminders.remind() == 1
    assert sms() == [("۳ محل", "queued")]
    body = Notice.objects.get(event="cart.lapsing").body
    assert all(title in body for title in ("شعبه یک", "شعبه دو", "شعبه سه"))


def test_what_came_later_into_the_cart_is_told_of_later_and_alone(owner: User) -> None:
    make_cart(owner, "شعبه یک")
    later(1)
    make_cart(owner, "شعبه دو")
    later(4.1)
    assert cart_reminders.remind() == 1
    later(1)
    assert cart_reminders.remind() == 1
    assert [place for place, _state in sms()] == ["شعبه یک", "شعبه دو"]


def test_nobody_is_told_at_night_and_what_lapses_at_once_is_not_told_of(owner: User) -> None:
    make_cart(owner)
    clock.move_to(clock.in_tehran(clock.now() + timedelta(days=6)).replace(hour=3))
    assert cart_reminders.remind() == 0
    later(1.3)
    assert cart_reminders.remind() == 0
    assert orders.lapse_carts() == 1
    lapsed = Notice.objects.get(event="cart.lapsed")
    assert lapsed.link == f"/places/{VisitRequest.objects.get().place_id}/request/"


def test_a_payment_under_way_and_a_proforma_keep_the_reminder_away(owner: User, bank: Bank) -> None:
    payments.start(make_order(owner), GATEWAY)
    make_held_order(make_stranger())
    later(5.1)
    assert cart_reminders.remind() == 0


@pytest.mark.parametrize("way", ["paid", "removed", "lapsed"])
def test_what_left_the_cart_takes_the_waiting_reminder_back(owner: User, way: str) -> None:
    order: Order = make_order(owner)
    later(5.1)
    cart_reminders.remind()
    if way == "paid":
        settle(order)
    elif way == "removed":
        orders.remove(owner, VisitRequest.objects.get().number)
    else:
        later(2)
        orders.lapse_carts()
    assert [state for _place, state in sms()] == ["withdrawn"]


def test_who_wants_no_such_sms_finds_the_notice_all_the_same(owner: User) -> None:
    preferences.choose(owner.pk, [])
    make_cart(owner)
    later(5.1)
    assert cart_reminders.remind() == 1
    assert sms() == []
    assert Notice.objects.filter(event="cart.lapsing").count() == 1
