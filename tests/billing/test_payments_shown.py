"""What the owner finds out of their payments afterwards: second ones, the list, stale pages, words that fit."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from billing import payments
from billing.models import AttemptState, Order, OrderState, PaymentAttempt, RefundCase
from billing.payment_views import result_path
from inspections import workflow
from notifications.models import Notice
from septam import clock
from septam.money import format_rial
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.people import make_owner, make_staff

pytestmark = pytest.mark.django_db
S = AttemptState


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


def test_my_payments_lead_to_each_order_and_to_the_receipts_of_paid_ones(
    owner: User, browser: Client, bank: Bank
) -> None:
    paid = payments.start(make_order(owner), GATEWAY)
    browser_back(bank.finish(paid.token))
    waiting = make_order(owner, "شعبه بازار")
    foreign = make_order(make_owner("09357654321"), "شعبه تجریش")
    page = text(browser.get(reverse("billing:orders")))
    assert "پرداخت‌های من" in page
    for word in ("پرداخت‌شده", "در انتظار پرداخت", format_rial(paid.amount_rial)):
        assert word in page
    links = [
        reverse("billing:order", args=[waiting.number]),
        reverse("billing:order", args=[paid.order.number]),
        reverse("billing:receipt", args=[paid.order.number]),
    ]
    places = [page.index(f'href="{link}"') for link in links]
    assert places == sorted(places)
    assert reverse("billing:receipt", args=[waiting.number]) not in page
    assert foreign.number not in page


def test_my_payments_are_paged_and_an_unclear_one_is_called_so(
    owner: User, browser: Client, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=S.VERIFYING)
    for number in range(20):
        Order.objects.create(
            number=f"99{number:04}", owner=owner, state=OrderState.CANCELLED, base_rial=0, vat_rial=0,
            payable_rial=0, created_at=clock.now(),
        )  # fmt: skip
    assert "صفحه بعد" in text(browser.get(reverse("billing:orders")))
    assert "در دست بررسی بانک" in text(browser.get(reverse("billing:orders"), {"page": "2"}))


def test_my_payments_begin_empty_and_are_reached_from_the_cart(browser: Client) -> None:
    assert "هنوز پرداختی ندارید" in text(browser.get(reverse("billing:orders")))
    assert f'href="{reverse("billing:orders")}"' in text(browser.get(reverse("billing:cart")))


def test_what_was_paid_is_not_called_payable(owner: User, browser: Client, bank: Bank) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    assert "قابل پرداخت (ریال)" in order_page(browser, attempt)
    browser_back(bank.finish(attempt.token))
    receipt = text(browser.get(reverse("billing:receipt", args=[attempt.order.number])))
    for page in (order_page(browser, attempt), receipt):
        assert "پرداخت‌شده (ریال)" in page
        assert "قابل پرداخت" not in page


@pytest.mark.parametrize(
    ("state", "told", "promised"),
    [("asked", "برگردانده می‌شود", True), ("done", "وجه آن بازگردانده شد", False), ("refused", "استرداد آن رد شد", False)],
)  # fmt: skip
def test_late_money_is_promised_back_until_it_is_back_or_refused(
    owner: User, browser: Client, bank: Bank, state: str, told: str, promised: bool
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    order = attempt.order
    browser_back(bank.finish(attempt.token))
    Order.objects.filter(pk=order.pk).update(state=OrderState.PAID_UNPLACED)
    case = RefundCase.objects.create(
        order=order, reason="unplaced", paid_rial=order.payable_rial, amount_rial=order.payable_rial,
        created_at=clock.now(),
    )  # fmt: skip
    finance, other = make_staff(Role.FINANCE), make_staff(Role.FINANCE, username="other")
    steps = {
        "asked": {},
        "done": {
            "approved_by": finance, "approved_at": clock.now(), "done_by": other, "done_at": clock.now(),
            "method": "transfer", "reference": "140300998877", "iban": "IR062960000000100324200001",
        },
        "refused": {"refused_by": finance, "refused_at": clock.now(), "refusal": "پیش‌تر واریز شد"},
    }  # fmt: skip
    RefundCase.objects.filter(pk=case.pk).update(state=state, **steps[state])
    result = text(Client().get(result_path(attempt)))
    for page in (order_page(browser, attempt), result):
        assert f"پرداخت شما دیر رسید و {told}" in page
        assert ("همه مبلغ به شما برگردانده می‌شود" in page) is promised


def test_of_an_order_that_came_late_in_part_only_that_part_is_promised_back(
    owner: User, browser: Client, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner, "طلافروشی حسینی", "کافه نگار"), GATEWAY)
    gone = attempt.order.lines.order_by("pk")[0].request
    workflow.take_out_of_cart(gone.pk, None, "lapsed")
    workflow.open_request(gone.place, owner)
    browser_back(bank.finish(attempt.token))
    receipt = text(browser.get(reverse("billing:receipt", args=[attempt.order.number])))
    result = text(Client().get(result_path(attempt)))
    for page in (order_page(browser, attempt), result, receipt):
        assert "بخشی از پرداخت شما دیر رسید و برگردانده می‌شود" in page
        assert "بقیه سفارش طبق روال انجام می‌شود" in page
        assert "همه مبلغ" not in page


def test_the_checkout_opened_by_its_address_leads_to_the_cart(browser: Client) -> None:
    answer = browser.get(reverse("billing:checkout"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("billing:cart"))


def test_a_sign_in_that_was_forced_at_the_checkout_ends_in_the_cart(owner: User) -> None:
    visitor = Client()
    forced = visitor.post(reverse("billing:checkout"), {"shown_total": "1"})
    assert forced.status_code == 302
    visitor.force_login(owner)
    wanted = forced["Location"].split("next=", 1)[1]
    answer = visitor.get(wanted, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("billing:cart")


def test_the_old_result_of_a_cancelled_try_says_that_the_order_was_paid_since(
    owner: User, bank: Bank
) -> None:
    first = payments.start(make_order(owner), GATEWAY)
    stale = browser_back(bank.finish(first.token, "cancel"))["Location"]
    assert "از پرداخت انصراف دادید" in text(Client().get(stale))
    second = payments.start(first.order, GATEWAY)
    browser_back(bank.finish(second.token))
    page = text(Client().get(stale))
    assert "این سفارش پرداخت شده است" in page
    for word in ("انصراف دادید", "سبد خرید شما باقی است", "تلاش دوباره برای پرداخت"):
        assert word not in page


def test_an_open_payment_says_that_the_place_waits_in_its_order(
    owner: User, browser: Client, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    page = order_page(browser, attempt)
    assert "تا روشن‌شدن نتیجه پرداخت در همین سفارش می‌ماند" in page
    result = text(Client().get(result_path(attempt)))
    assert "بازگشت به سبد خرید" not in result
    assert "سبد خرید شما باقی است" not in page
    cart = text(browser.get(reverse("billing:cart")))
    assert "محل‌های آن تا روشن‌شدن نتیجه در همان سفارش می‌مانند" in cart


def test_a_try_of_an_order_that_was_given_up_does_not_promise_the_cart(
    owner: User, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    old = browser_back(bank.finish(attempt.token, "cancel"))["Location"]
    Order.objects.filter(pk=attempt.order_id).update(state=OrderState.CANCELLED)
    page = text(Client().get(old))
    assert "سبد خرید شما باقی است" not in page
    assert "آنچه هنوز در انتظار پرداخت است در سبد خرید شماست" in page
