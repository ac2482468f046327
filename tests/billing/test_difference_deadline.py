"""An unpaid «مابه‌التفاوت» is reminded of, and ends after its days: no certificate, no money back, the place free again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from billing import payments
from billing.cart import cart_of
from billing.differences import deadline
from billing.models import Order, OrderState, RefundCase
from billing.transfers import matching, proformas
from inspections import workflow
from inspections.complaints import opening
from inspections.models import Certificate
from notifications.models import Notice, SmsMessage
from septam import clock
from sites.models import Place
from tests.billing.bank import GATEWAY, Bank
from tests.billing.settled import settle
from tests.billing.transfers import make_finance, make_transfer
from tests.billing.visited import LARGE, LARGE_FEE, START, Visited

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_is_forgotten() -> Iterator[None]:
    yield
    clock.forget()


def unpaid() -> tuple[Visited, Order]:
    """Endorsed on the 27th of Farvardin 1403 at four in the afternoon: to be paid until the 26th of Ordibehesht."""
    visited = Visited()
    visited.endorse(visited.visit(LARGE))
    order = visited.difference()
    assert order is not None
    return visited, order


def after(days: float) -> None:
    """So many days after the day of the endorsement, at ten in the morning."""
    clock.move_to(START + timedelta(days=2 + days))


def told(event: str) -> int:
    notices, sms = Notice.objects.filter(event=event), SmsMessage.objects.filter(event=event)
    assert notices.count() == sms.count()
    return sms.count()


def test_an_owner_is_told_until_when_and_reminded_20_7_and_1_days_before_each_once() -> None:
    visited, order = unpaid()
    assert "۱۴۰۳/۰۲/۲۶" in Notice.objects.get(event="difference.due").body
    owner = Client()
    owner.force_login(visited.owner)
    page = owner.get(reverse("billing:order", args=[order.number])).content.decode()
    assert "مهلت پرداخت تا پایان" in page
    assert "۱۴۰۳/۰۲/۲۶" in page
    reminded = []
    for day in range(31):
        after(day)
        reminded += [day for _hour in range(2) if deadline.run()]
    assert reminded == [10, 23, 29]
    assert told("difference.reminder") == 3
    assert (
        SmsMessage.objects.filter(event="difference.reminder").latest("pk").values["due"]
        == "چهارشنبه ۲۶ اردیبهشت"
    )
    assert visited.stands() == "visited difference"
    after(29.5)
    assert deadline.remind() == 0, "nobody is reminded at night"


def test_after_its_last_day_the_request_ends_and_nothing_stands_open() -> None:
    visited, order = unpaid()
    after(29)
    deadline.run()
    after(31)
    assert deadline.run() == 1
    assert deadline.run() == 0
    order.refresh_from_db()
    assert (visited.stands(), order.state) == ("cancelled unpaid", OrderState.CANCELLED)
    assert told("difference.unpaid") == 1
    assert SmsMessage.objects.get(event="difference.reminder").state == "withdrawn"
    assert not Certificate.objects.exists()
    assert not RefundCase.objects.exists(), "the visit took place"
    assert not Place.objects.get(pk=visited.place.pk).frozen
    with pytest.raises(payments.CannotStart):
        payments.start(order, GATEWAY)
    owner = Client()
    owner.force_login(visited.owner)
    page = owner.get(reverse("inspections:request", args=[visited.request.number])).content.decode()
    assert "پایان‌یافته، مابه‌التفاوت پرداخت نشد" in page


def test_the_next_visit_costs_the_full_fee_of_the_place_as_it_is() -> None:
    visited, _order = unpaid()
    after(31)
    deadline.run()
    Place.objects.filter(pk=visited.place.pk).update(area=LARGE)
    visited.place.refresh_from_db()
    again = workflow.open_request(visited.place, visited.owner)
    assert (again.kind, again.previous_id) == ("repeat", visited.request.pk)
    [line] = cart_of(visited.owner).lines
    assert line.quote is not None
    assert line.quote.lines[0].amount_rial == LARGE_FEE


def test_late_money_for_it_is_owed_back_whole() -> None:
    _visited, order = unpaid()
    after(31)
    deadline.run()
    settle(order)
    assert RefundCase.objects.get().amount_rial == order.payable_rial


def test_a_payment_under_way_puts_the_end_off(bank: Bank) -> None:
    visited, order = unpaid()
    after(30)
    payments.start(order, GATEWAY)
    clock.move_to(clock.now() + timedelta(days=1))
    assert deadline.run() == 0
    settle(order)
    assert visited.stands() == "certified"


def test_an_open_complaint_puts_the_end_off() -> None:
    visited, _order = unpaid()
    opening.open_complaint(visited.request.pk, visited.owner, "expert", "مساحت را درست نگرفت")
    after(31)
    assert deadline.run() == 0
    assert visited.stands() == "visited difference"


def test_a_proforma_that_stands_puts_the_end_off_once() -> None:
    visited, order = unpaid()
    after(28)
    proformas.ask(visited.owner, order.number)
    after(31)
    assert deadline.run() == 0
    after(36)
    proformas.run()
    renewed = visited.difference()
    assert renewed is not None
    with pytest.raises(proformas.NotPossible):
        proformas.ask(visited.owner, renewed.number)
    assert deadline.run() == 1
    assert visited.stands() == "cancelled unpaid"


def test_a_part_of_a_difference_goes_back_and_the_sum_is_due_anew_not_in_the_cart() -> None:
    visited, order = unpaid()
    proformas.ask(visited.owner, order.number)
    matching.match(make_transfer(1_000).pk, order.number, make_finance())
    after(18)
    assert proformas.run() == 1
    said = Notice.objects.get(event="proforma.lapsed").body
    assert "برگشت داده می‌شود" in said
    assert "سبد خرید" not in said
    renewed = visited.difference()
    assert renewed is not None
    assert renewed.number != order.number


def test_a_report_that_is_endorsed_anew_has_all_its_days_again() -> None:
    visited, _order = unpaid()
    report = visited.request.report
    after(29)
    workflow.send_back(report.pk, visited.manager, "مساحت دوباره اندازه گرفته شود")
    workflow.submit_report(report.pk, visited.expert)
    assert visited.endorse(report) == "visited difference"
    after(31)
    assert deadline.run() == 0
    after(60)
    assert deadline.run() == 1
    assert visited.stands() == "cancelled unpaid"
