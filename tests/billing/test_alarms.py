"""What is wrong with payments is said on the office's first page, and unsaid when it is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from billing import alarms, payments
from billing.models import AttemptState, PaymentAttempt
from septam import clock
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db


def said() -> str:
    return " ".join(str(alarm.text) for alarm in alarms.wrong())


def failed_start(order: object) -> None:
    with pytest.raises(payments.StartFailed):
        payments.start(order, GATEWAY)  # type: ignore[arg-type]


def test_nothing_is_said_while_all_goes_well(bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(attempt.token))
    assert said() == ""


def test_a_code_against_our_configuration_is_said_until_the_bank_gives_a_page_again(
    bank: Bank,
) -> None:
    order = make_order(make_owner())
    bank.fault("bpPayRequest", "code", value="421")
    failed_start(order)
    assert "۴۲۱" in said()
    payments.start(order, GATEWAY)
    assert said() == ""


def test_three_starts_in_a_row_that_fail_are_said(bank: Bank) -> None:
    order = make_order(make_owner())
    bank.fault("bpPayRequest", "before", count=3)
    for _try in range(2):
        failed_start(order)
    assert said() == ""
    failed_start(order)
    assert "۳ پرداخت آخر آغاز نشد" in said()


def test_a_settle_that_does_not_end_is_said_after_half_an_hour(bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    bank.fault("bpSettleRequest", "before")
    browser_back(bank.finish(attempt.token))
    assert said() == ""
    clock.move_to(clock.now() + timedelta(minutes=31))
    assert "۱ پرداخت تأییدشده" in said()


def test_the_first_page_shows_it_to_those_who_decide_alone(bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=AttemptState.NEEDS_REVIEW)
    words = "۱ پرداخت در انتظار تصمیم است"
    for role, seen in ((Role.FINANCE, True), (Role.MANAGER, True), (Role.SUPPORT, False)):
        client: Client = office_client(make_staff(role))
        page = client.get(reverse("admin:index")).content.decode()
        assert (words in page) is seen
