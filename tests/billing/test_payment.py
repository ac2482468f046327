"""A whole payment against the simulated bank over real SOAP: paid, cancelled, failed, twice, unclear, late."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import orders, payments
from billing.cart import cart_of
from billing.models import AttemptState, Order, OrderState, PaymentAttempt, PaymentEvent
from billing.payments import starting
from inspections.models import RequestEvent, RequestStatus, VisitRequest
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.digits import to_persian
from tests.billing.bank import CALLBACK, GATEWAY, Bank, browser_back, make_cart, make_order
from tests.people import make_owner

pytestmark = pytest.mark.django_db
S = AttemptState


def text(response: Any) -> str:
    return str(response.content.decode())


def sent(owner: User, *titles: str) -> PaymentAttempt:
    return payments.start(make_order(owner, *titles), GATEWAY)


def later(**span: int) -> None:
    """So much time passes at the portal (the bank's clock stands still)."""
    clock.move_to(clock.now() + timedelta(**span))


def state(attempt: PaymentAttempt) -> str:
    attempt.refresh_from_db()
    return attempt.state


def test_the_whole_way_from_the_cart_to_the_receipt(
    owner: User, browser: Client, bank: Bank
) -> None:
    make_cart(owner)
    answer = browser.post("/cart/checkout/", {"shown_total": str(cart_of(owner).payable_rial)})
    attempt = PaymentAttempt.objects.get()
    assert answer["Location"] == reverse("billing:go_to_bank", args=[attempt.order.number])
    page = browser.get(answer["Location"])
    assert "رفتن به درگاه بانک" in text(page)
    assert f'action="{bank.url}/pgwchannel/startpay.mellat"' in text(page)
    assert f'name="RefId" value="{attempt.token}"' in text(page)
    assert 'name="MobileNo" value="989121234567"' in text(page)
    # The number that the bank's page shows instead of the order's.
    assert to_persian(str(attempt.order_number)) in text(page)
    assert "شماره نزد بانک" in text(page)
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "strict-origin-when-cross-origin"

    back = browser_back(bank.finish(attempt.token))
    assert back.status_code == 303
    shown = text(Client().get(back["Location"]))
    assert "پرداخت انجام شد" in shown
    assert "مراحل بعدی" in shown
    assert owner.last_name not in shown

    assert state(attempt) == S.SETTLED
    assert Order.objects.get().state == OrderState.PAID
    assert VisitRequest.objects.get().status == RequestStatus.SCHEDULING
    assert bank.sale(attempt)["taken"] == attempt.amount_rial
    receipt = browser.get(reverse("billing:receipt", args=[attempt.order.number]))
    assert "no-store" in receipt["Cache-Control"]
    for word in ("رسید پرداخت", "طلافروشی حسینی", "۶۱۰۴۳۳******۵۶۸۹", "میلیون"):
        assert word in text(receipt)


def test_a_receipt_by_sms_and_two_notices_are_queued_once(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    browser_back(bank.finish(attempt.token))
    attempt.refresh_from_db()
    sms = SmsMessage.objects.get(event="payment.receipt")
    assert "این پیامک رسید شماست" in sms.text
    assert attempt.reference in sms.text
    titles = list(Notice.objects.filter(user=owner).order_by("pk").values_list("title", flat=True))
    assert titles[0].startswith("پرداخت ")
    assert any("منتظر تماس کارشناسان باشید" in f"{n.title} {n.body}" for n in Notice.objects.all())


def test_several_places_are_paid_at_once_with_one_receipt(owner: User, bank: Bank) -> None:
    attempt = sent(owner, "طلافروشی حسینی", "شعبه بازار", "شعبه تجریش")
    browser_back(bank.finish(attempt.token))
    assert "۳ محل" in SmsMessage.objects.get(event="payment.receipt_many").text
    assert set(VisitRequest.objects.values_list("status", flat=True)) == {RequestStatus.SCHEDULING}


@pytest.mark.parametrize(
    ("choice", "target", "words"),
    [
        ("cancel", S.CANCELLED, ["از پرداخت انصراف دادید", "مبلغی از حساب شما برداشت نشده است"]),
        ("fail", S.FAILED, ["پرداخت انجام نشد", "شماره کارت درست نیست", "تا ۷۲ ساعت"]),
    ],
)
def test_a_payment_that_was_not_made_loses_nothing_and_can_be_tried_again(
    owner: User, browser: Client, bank: Bank, choice: str, target: str, words: list[str]
) -> None:
    attempt = sent(owner)
    back = browser_back(bank.finish(attempt.token, choice))
    assert state(attempt) == target
    page = text(Client().get(back["Location"]))
    assert all(
        word in page for word in [*words, "تلاش دوباره برای پرداخت", "سبد خرید شما باقی است"]
    )
    # Whoever has just read it comes from there to the sum and the button at once.
    order = reverse("billing:order", args=[attempt.order.number])
    assert f'href="{order}?again"' in page
    assert words[0] in text(browser.get(order))
    assert words[0] not in text(browser.get(f"{order}?again"))
    assert len(cart_of(owner).lines) == 1
    assert bank.sale(attempt)["counts"] == {"bpPayRequest": 1}
    again = browser.post(
        reverse("billing:go_to_bank", args=[attempt.order.number]), {"gateway": GATEWAY}
    )
    assert again.status_code == 302
    second = PaymentAttempt.objects.latest("pk")
    browser_back(bank.finish(second.token))
    assert (state(second), second.order.pk) == (S.SETTLED, attempt.order.pk)


def test_the_same_callback_twice_asks_the_bank_once(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    fields = bank.finish(attempt.token)
    first, second = browser_back(fields), browser_back(fields)
    assert first["Location"] == second["Location"]
    assert bank.sale(attempt)["counts"] == {
        "bpPayRequest": 1,
        "bpVerifyRequest": 1,
        "bpSettleRequest": 1,
    }
    assert RequestEvent.objects.filter(verb="pay").count() == 1
    assert SmsMessage.objects.filter(event="payment.receipt").count() == 1


def test_a_callback_touches_no_session_and_needs_no_cookie(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    client = Client(enforce_csrf_checks=True)
    answer = client.post(CALLBACK, bank.finish(attempt.token))
    assert answer.status_code == 303
    assert not answer.cookies
    assert state(attempt) == S.SETTLED


def test_a_callback_that_names_another_order_pays_nothing(owner: User, bank: Bank) -> None:
    cheap, dear = sent(owner), sent(make_owner("09357654321"), "شعبه بازار")
    fields = bank.finish(cheap.token)
    answer = browser_back({**fields, "RefId": dear.token})
    assert answer.status_code == 404
    assert "این پرداخت شناخته نشد" in text(answer)
    assert (state(cheap), state(dear)) == (S.SENT, S.SENT)
    assert bank.sale(dear)["counts"] == {"bpPayRequest": 1}


def test_an_old_reference_played_again_pays_nothing(owner: User, bank: Bank) -> None:
    first, other = sent(owner), sent(make_owner("09357654321"), "شعبه بازار")
    fields = bank.finish(first.token)
    browser_back(fields)
    forged = {**fields, "RefId": other.token, "SaleOrderId": str(other.order_number)}
    assert browser_back(forged).status_code == 404
    assert state(other) == S.SENT


def test_a_reference_that_a_forger_brought_first_is_free_for_the_payment_whose_it_is(
    owner: User, bank: Bank
) -> None:
    first, other = sent(owner), sent(make_owner("09357654321"), "شعبه بازار")
    own, others = bank.finish(first.token), bank.finish(other.token)
    forged = {**own, "SaleReferenceId": others["SaleReferenceId"]}
    for _time in range(2):
        browser_back(forged)
    assert state(first) == S.FAILED
    assert bank.sale(first)["counts"]["bpVerifyRequest"] == 1
    for fields, attempt in ((others, other), (own, first)):
        assert browser_back(fields).status_code == 303
        assert state(attempt) == S.SETTLED
    assert {first.reference, other.reference} == {own["SaleReferenceId"], others["SaleReferenceId"]}


@pytest.mark.parametrize(
    "fields", [{}, {"RefId": "nonsense"}, {"RefId": "A", "SaleOrderId": "1", "ResCode": "0"}]
)
def test_a_callback_of_nothing_says_so_plainly(fields: dict[str, str]) -> None:
    answer = Client().post(CALLBACK, fields)
    assert answer.status_code in (200, 404)
    assert "تا ۷۲ ساعت" in text(answer)


def test_a_callback_whose_fields_were_lost_on_the_way_is_never_called_failed() -> None:
    page = Client().get(CALLBACK)
    assert page.status_code == 200
    assert "نتیجه پرداخت به ما نرسید" in text(page)
    for name in ("orders", "cart"):
        assert f'href="{reverse(f"billing:{name}")}"' in text(page)
    assert "انجام نشد" not in text(page)


def test_an_unknown_gateway_and_a_forged_result_are_not_found(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    assert Client().post("/bank/nobank/callback/", {"RefId": "A"}).status_code == 404
    assert Client().get(reverse("billing:result", args=[f"{attempt.pk}:forged"])).status_code == 404


def test_the_raw_callback_is_kept_with_the_card_masked(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    browser_back(
        {**bank.finish(attempt.token), "CardHolderPan": "6104331234565689", "Extra": "x\0y"}
    )
    kept = json.dumps(PaymentEvent.objects.get(kind="callback").detail)
    assert "6104331234565689" not in kept
    assert '"Extra": "xy"' in kept


def test_a_second_paid_try_of_a_paid_order_is_left_unverified(owner: User, bank: Bank) -> None:
    first = sent(owner)
    second = payments.start(first.order, GATEWAY)
    browser_back(bank.finish(first.token))
    answer = browser_back(bank.finish(second.token))
    assert (state(first), state(second)) == (S.SETTLED, S.DUPLICATE)
    assert bank.sale(second)["counts"] == {"bpPayRequest": 1}
    assert "بهای درخواست شما پیش‌تر پرداخت شده است" in text(Client().get(answer["Location"]))
    bank.move_clock(21 * 60)
    assert bank.ledger()["taken"] >= first.amount_rial
    assert bank.sale(second)["state"] == "REVERSED"


def test_a_second_try_waits_while_the_first_is_unclear_and_only_one_is_ever_paid(
    owner: User, bank: Bank
) -> None:
    first = sent(owner)
    second = payments.start(first.order, GATEWAY)
    bank.fault("bpVerifyRequest", "before")
    browser_back(bank.finish(first.token))
    browser_back(bank.finish(second.token))
    assert (state(first), state(second)) == (S.VERIFYING, S.RETURNED)
    later(minutes=1)
    payments.resolve_due()
    later(minutes=1)
    payments.resolve_due()
    assert (state(first), state(second)) == (S.SETTLED, S.DUPLICATE)
    assert "bpVerifyRequest" not in bank.sale(second)["counts"]


def test_a_late_callback_after_the_try_was_given_up_still_pays(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    fields = bank.finish(attempt.token)
    later(minutes=31)
    payments.resolve_due()
    assert state(attempt) == S.ABANDONED
    browser_back(fields)
    assert state(attempt) == S.SETTLED


@pytest.mark.parametrize("kind", ["after", "before", "http_502", "empty", "malformed"])
def test_a_verify_whose_answer_is_lost_stays_unknown_until_the_job_has_it(
    owner: User, browser: Client, bank: Bank, kind: str
) -> None:
    attempt = sent(owner)
    bank.fault("bpVerifyRequest", kind)
    back = browser_back(bank.finish(attempt.token))
    assert state(attempt) == S.VERIFYING
    page = text(Client().get(back["Location"]))
    assert "در دست بررسی بانک" in page
    assert "لطفاً تا ۳۰ دقیقه دوباره پرداخت نکنید" in page
    assert "تلاش دوباره برای پرداخت" not in page
    order_page = text(browser.get(reverse("billing:order", args=[attempt.order.number])))
    assert "در دست بررسی بانک" in order_page
    with pytest.raises(payments.CannotStart):
        payments.start(attempt.order, GATEWAY)
    later(seconds=30)
    payments.resolve_due()
    assert state(attempt) == S.SETTLED
    assert VisitRequest.objects.get().status == RequestStatus.SCHEDULING


@pytest.mark.parametrize("kind", ["after", "before", "http_502"])
def test_a_settle_whose_answer_is_lost_is_not_paid_until_the_job_has_it(
    owner: User, bank: Bank, kind: str
) -> None:
    attempt = sent(owner)
    bank.fault("bpSettleRequest", kind, count=3)
    back = browser_back(bank.finish(attempt.token))
    assert state(attempt) == S.VERIFIED
    assert VisitRequest.objects.get().status == RequestStatus.IN_CART
    assert "پرداخت تأیید شد، در حال ثبت نهایی" in text(Client().get(back["Location"]))
    for _minute in range(2):
        later(minutes=5)
        payments.resolve_due()
    assert state(attempt) == S.VERIFIED
    later(minutes=5)
    payments.resolve_due()
    assert state(attempt) == S.SETTLED
    assert bank.sale(attempt)["counts"]["bpVerifyRequest"] == 1


def test_a_bank_that_stays_silent_is_told_by_sms_once_and_ends_with_a_person(
    owner: User, bank: Bank
) -> None:
    attempt = sent(owner)
    bank.fault("bpVerifyRequest", "before", count=50)
    browser_back(bank.finish(attempt.token))
    for _minute in range(12):
        later(minutes=3)
        payments.resolve_due()
    assert state(attempt) == S.NEEDS_REVIEW
    assert SmsMessage.objects.filter(event="payment.unclear").count() == 1
    assert VisitRequest.objects.get().status == RequestStatus.IN_CART
    assert cart_of(owner).lines == ()
    with pytest.raises(payments.CannotStart):
        payments.start(attempt.order, GATEWAY)


def test_a_sale_that_the_bank_returned_is_told_and_the_cart_stays(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    fields = bank.finish(attempt.token)
    bank.move_clock(21 * 60)
    back = browser_back(fields)
    assert state(attempt) == S.REVERSED
    assert SmsMessage.objects.filter(event="payment.failed_late").count() == 1
    assert "بانک مبلغ را برمی‌گرداند" in text(Client().get(back["Location"]))
    assert len(cart_of(owner).lines) == 1


def test_a_number_that_the_bank_has_seen_is_replaced_once(owner: User, bank: Bank) -> None:
    bank.fault("bpPayRequest", "code", value="41")
    attempt = sent(owner)
    assert [one.state for one in PaymentAttempt.objects.order_by("pk")] == [S.FAILED, S.SENT]
    assert attempt.state == S.SENT
    bank.fault("bpPayRequest", "code", value="41", count=2)
    with pytest.raises(payments.StartFailed):
        payments.start(attempt.order, GATEWAY)


def test_a_bank_that_cannot_be_reached_is_said_and_nothing_is_lost(
    owner: User, browser: Client, bank: Bank
) -> None:
    make_cart(owner)
    bank.fault("bpPayRequest", "http_502")
    answer = browser.post("/cart/checkout/", {"shown_total": str(cart_of(owner).payable_rial)})
    page = text(browser.get(answer["Location"]))
    assert "ارتباط با بانک برقرار نشد" in page
    assert "این خطا از سوی شما نیست" in page
    assert ">پرداخت</button>" in page
    assert len(cart_of(owner).lines) == 1


def test_a_try_whose_process_died_before_the_banks_answer_is_given_up(
    owner: User, bank: Bank
) -> None:
    order = make_order(owner)
    attempt = starting.create(order.pk, GATEWAY)
    payments.resolve_due()
    assert state(attempt) == S.CREATED
    later(minutes=6)
    payments.resolve_due()
    assert state(attempt) == S.ABANDONED


def test_what_a_late_payment_of_an_older_order_paid_is_not_paid_again_by_a_newer_one(
    owner: User, browser: Client, bank: Bank
) -> None:
    first = sent(owner)
    fields = bank.finish(first.token)
    later(minutes=31)
    payments.resolve_due()
    newer = make_order(owner, "شعبه بازار")
    browser_back(fields)
    assert (state(first), newer.lines.count()) == (S.SETTLED, 2)
    with pytest.raises(orders.PriceChanged) as changed:
        payments.start(newer, GATEWAY)
    assert [line.request.place.title for line in changed.value.cart.lines] == ["شعبه بازار"]
    rest = orders.checkout(owner, changed.value.cart.payable_rial)
    newer.refresh_from_db()
    assert newer.state == OrderState.CANCELLED
    browser_back(bank.finish(payments.start(rest, GATEWAY).token))
    rest.refresh_from_db()
    assert rest.state == OrderState.PAID


def test_an_old_token_is_not_offered_again(owner: User, browser: Client, bank: Bank) -> None:
    attempt = sent(owner)
    address = reverse("billing:go_to_bank", args=[attempt.order.number])
    assert browser.get(address).status_code == 200
    later(minutes=13)
    assert browser.get(address).status_code == 302


def test_every_amount_that_was_kept_or_sent_is_a_whole_number(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    browser_back(bank.finish(attempt.token))
    attempt.refresh_from_db()
    amounts = [attempt.amount_rial, attempt.final_amount_rial, attempt.order.payable_rial]
    assert {type(amount) for amount in amounts} == {int}
    assert bank.sale(attempt)["amount"] == attempt.order.payable_rial


def test_paid_is_the_end_of_an_order(owner: User, bank: Bank) -> None:
    attempt = sent(owner)
    browser_back(bank.finish(attempt.token))
    attempt.order.refresh_from_db()
    with pytest.raises(payments.CannotStart):
        payments.start(attempt.order, GATEWAY)
    with pytest.raises(orders.CartNotReady):
        orders.checkout(owner, 0)
