"""An owner closes the account: when it is refused, what ends at once, who takes it back, and the race with a payment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import AccountClosing, ClosingState, PendingPassword, Role, TermsVersion, User
from accounts.privacy import closing
from accounts.privacy.closing import OpenMatters
from billing import personal_data as money
from billing.models import AttemptState, BankTransfer, Order, PaymentAttempt, TransferState
from billing.transfers import proformas
from inspections.models import Complaint, VisitRequest
from notifications.models import SmsMessage, SmsState
from septam import clock, jobs
from septam.refusal import Refusal
from tests.accounts.steps import register, sign_in, signed_in, text_of
from tests.billing.bank import GATEWAY, make_cart, make_order
from tests.billing.settled import refund_of, settled_order
from tests.inspections.journey import START, at_status
from tests.people import PASSWORD, make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
MOBILE, CLOSE = "09121234567", "/profile/close/"
SURE = {"own_password": PASSWORD, "understood": "on"}


def browser(account: str = MOBILE) -> Client:
    """A browser in which the owner signed in."""
    client = Client()
    sign_in(client, account, PASSWORD)
    return client


def attempt_of(order: Order, state: str) -> PaymentAttempt:
    """A try to pay the order."""
    return PaymentAttempt.objects.create(
        order=order, gateway=GATEWAY, order_number=10**15 + order.pk, amount_rial=order.payable_rial,
        state=state, token=f"T{order.pk}", created_at=clock.now(),
    )  # fmt: skip


def later(**time: int) -> None:
    clock.move_to(clock.now() + timedelta(**time))


def paid_visit(owner: User) -> None:
    settled_order(owner, "کافه")


def payment_under_way(owner: User) -> None:
    attempt_of(make_order(owner, "کافه"), AttemptState.SENT)


def payment_to_review(owner: User) -> None:
    attempt_of(make_order(owner, "کافه"), AttemptState.NEEDS_REVIEW)


def transfer_awaited(owner: User) -> None:
    proformas.ask(owner, make_order(owner, "کافه").number)


def report_beside_a_card_payment(owner: User) -> None:
    order = settled_order(owner, "کافه")
    VisitRequest.objects.update(status="cancelled")
    BankTransfer.objects.create(
        state=TransferState.REPORTED, account="IR1", reference="140312345678", amount_rial=1000, order=order,
        paid_on=clock.today(), payer="کافه", recorded_by=owner, recorded_at=clock.now(),
    )  # fmt: skip


def refund_open(owner: User) -> None:
    order = settled_order(owner, "کافه")
    VisitRequest.objects.update(status="cancelled")
    refund_of(order, None, 1000)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (paid_visit, "هنوز پایان نیافته"),
        (payment_under_way, "پرداخت شما در جریان است"),
        (payment_to_review, "پرداخت شما در جریان است"),
        (transfer_awaited, "در انتظار حواله بانکی"),
        (report_beside_a_card_payment, "واریزی که اعلام کرده‌اید هنوز بررسی نشده است"),
        (refund_open, "باید به شما بازگردانده شود"),
    ],
)
def test_an_account_with_something_open_is_not_closed_and_the_page_says_why(
    make: Any, said: str
) -> None:
    owner = make_owner()
    make(owner)
    client = browser()
    assert said in text_of(client.get(CLOSE))
    answer = client.post(CLOSE, SURE)
    assert answer.status_code == 409
    assert said in text_of(answer)
    with pytest.raises(OpenMatters):
        closing.close(owner.pk)
    assert signed_in(client) == owner
    assert not AccountClosing.objects.exists()


def test_an_open_complaint_keeps_the_account_open() -> None:
    clock.move_to(START)
    journey = at_status("certified")
    Complaint.objects.create(
        request=journey.request, subject="expert", text="پول نقد خواست.", opened_at=clock.now()
    )
    with pytest.raises(OpenMatters, match="اعتراض"):
        closing.close(journey.owner.pk)


def test_closing_needs_the_password_and_the_tick() -> None:
    make_owner()
    client = browser()
    assert "رمز" in text_of(client.post(CLOSE, {**SURE, "own_password": "87654321"}))
    assert "این گزینه را بزنید" in text_of(client.post(CLOSE, {"own_password": PASSWORD}))
    assert not AccountClosing.objects.exists()


def test_a_closed_account_opens_to_nobody_and_its_number_registers_anew() -> None:
    owner, elsewhere = make_owner(), browser()
    make_cart(owner, "کافه")
    waiting = SmsMessage.objects.create(
        event="visit.moved",
        mobile=MOBILE,
        user=owner,
        created_at=clock.now(),
        valid_until=clock.now(),
    )
    PendingPassword.objects.create(
        user=owner, password="x", created_at=clock.now(), expires_at=clock.now() + timedelta(days=1)
    )
    client = browser()
    page = client.post(CLOSE, SURE)
    assert "حساب شما بسته شد" in text_of(page)
    assert signed_in(client) is None
    assert elsewhere.get("/profile/").status_code == 302
    sign_in(client, MOBILE, PASSWORD)
    sign_in(client, owner.username, PASSWORD)
    assert signed_in(client) is None
    waiting.refresh_from_db()
    assert waiting.state == SmsState.WITHDRAWN
    told = SmsMessage.objects.get(event="account.closed")
    assert (told.mobile, told.state) == (MOBILE, SmsState.QUEUED)
    assert not PendingPassword.objects.exists()
    assert set(VisitRequest.objects.values_list("status", flat=True)) == {"cancelled"}
    TermsVersion.objects.create(version=3, text="# قوانین", effective_from=date(2021, 3, 21))
    register(Client())
    assert User.objects.get(mobile=MOBILE).pk != owner.pk


def test_a_member_of_staff_and_a_closed_account_cannot_be_closed() -> None:
    owner = make_owner()
    closing.close(owner.pk)
    for person in (owner, make_staff(Role.SUPPORT)):
        with pytest.raises(Refusal):
            closing.close(person.pk)


@pytest.mark.parametrize("taken", [False, True])
def test_support_gives_an_account_back_after_an_identity_check(taken: bool) -> None:
    owner = make_owner()
    closing.close(owner.pk)
    if taken:
        User.objects.create_user("another", mobile=MOBILE)
    support = office_client(make_staff(Role.SUPPORT))
    address = f"/office/accounts/user/{owner.pk}/help/"
    support.post(address, {"take_back": "1"})
    assert not User.objects.get(pk=owner.pk).is_active
    support.post(address, {"check": "1", "national_id_end": "0899", "last_name": "حسینی"})
    assert "بازگرداندن حساب" in text_of(support.get(address))
    said = text_of(support.post(address, {"take_back": "1"}, follow=True))
    assert "حساب دوباره باز شد" in said
    assert ("از آن حساب دیگری است" in said) == taken
    owner.refresh_from_db()
    assert (owner.is_active, owner.mobile) == (True, None if taken else MOBILE)
    assert signed_in(browser(owner.username)) == owner
    later(days=60)
    jobs.run_now("accounts.anonymise_closed")
    owner.refresh_from_db()
    assert owner.last_name == "حسینی"


def test_an_account_that_a_manager_opened_by_hand_is_not_anonymised() -> None:
    owner = make_owner()
    closing.close(owner.pk)
    User.objects.filter(pk=owner.pk).update(is_active=True)
    later(days=31)
    jobs.run_now("accounts.anonymise_closed")
    owner.refresh_from_db()
    assert (owner.last_name, AccountClosing.objects.get().state) == (
        "حسینی",
        ClosingState.TAKEN_BACK,
    )


def test_money_that_comes_late_lets_the_anonymising_wait() -> None:
    owner = make_owner()
    order = make_order(owner, "کافه")
    closing.close(owner.pk)
    late = attempt_of(order, AttemptState.NEEDS_REVIEW)
    later(days=31)
    jobs.run_now("accounts.anonymise_closed")
    owner.refresh_from_db()
    assert owner.last_name == "حسینی"
    late.delete()
    later(days=2)
    jobs.run_now("accounts.anonymise_closed")
    owner.refresh_from_db()
    assert owner.last_name == ""
    assert AccountClosing.objects.get().state == ClosingState.ANONYMISED


def close_while_a_payment_begins(owner: User, order: Order) -> bool:
    """Somebody begins to pay in another window, whose transaction is still open as the closing decides."""
    begun, decided = threading.Event(), threading.Event()

    def begin() -> None:
        with transaction.atomic():
            locked = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
            attempt_of(locked, AttemptState.CREATED)
            begun.set()
            decided.wait(timeout=0.5)
        connection.close()

    def close() -> bool:
        begun.wait(timeout=10)
        try:
            closing.close(owner.pk)
        except OpenMatters:
            return False
        finally:
            decided.set()
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        payer, closer = pool.submit(begin), pool.submit(close)
        payer.result()
        return closer.result()


@pytest.mark.django_db(transaction=True)
def test_a_payment_that_begins_at_the_same_moment_is_seen() -> None:
    owner = make_owner()
    assert not close_while_a_payment_begins(owner, make_order(owner, "کافه"))


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_payment_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money, "_hold_unpaid", lambda _account: None)
    monkeypatch.setattr(money, "close", lambda _account: None)
    monkeypatch.setitem(
        closing.personal_data._keepers, "billing",
        money.Keeper("billing", open_matters=money.open_matters),
    )  # fmt: skip
    owner = make_owner()
    assert close_while_a_payment_begins(owner, make_order(owner, "کافه"))
