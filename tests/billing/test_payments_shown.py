"""What the owner finds out of their payments afterwards: second ones, the list, stale pages, words that fit."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import payments
from billing.models import AttemptState, PaymentAttempt
from notifications.models import Notice
from septam.money import format_rial
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.people import make_owner

pytestmark = pytest.mark.django_db
S = AttemptState


@pytest.fixture
def owner() -> User:
    return make_owner()


@pytest.fixture
def browser(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def order_page(browser: Client, attempt: PaymentAttempt) -> str:
    return text(browser.get(reverse("billing:order", args=[attempt.order.number])))


def test_a_second_payment_is_told_once_by_a_notice_and_on_the_order(
    owner: User, browser: Client, bank: Bank
) -> None:
    first = payments.start(make_order(owner), GATEWAY)
    second = payments.start(first.order, GATEWAY)
    browser_back(bank.finish(first.token))
    fields = bank.finish(second.token)
    browser_back(fields)
    browser_back(fields)
    notice = Notice.objects.get(event="payment.duplicate")
    assert (notice.user_id, notice.title) == (owner.pk, "پرداخت دوم برگشت می‌خورد")
    assert format_rial(second.amount_rial) in notice.body
    assert "۷۲ ساعت" in notice.body
    assert notice.link == reverse("billing:order", args=[first.order.number])
    assert order_page(browser, first).count("پرداخت دوم برگشت می‌خورد") == 1
