"""A refund's way: asked by one, approved by another, done once, with a reference; never more than came in."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from billing import attempts, gateways, payments, refunds
from billing.gateways import Outcome, Step
from billing.models import AttemptState, Order, PaymentAttempt, RefundCase, RefundState
from billing.refunds import money_in, reversal, steps
from billing.transfers import account
from inspections import workflow
from inspections.certificates import validity
from inspections.models import Certificate, VisitRequest
from notifications.models import Notice, SmsMessage
from septam import clock, failpoints
from septam.digits import to_persian
from septam.models import AuditEvent
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.billing.visited import Visited
from tests.people import PASSWORD, make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
IBAN = "IR062960000000100324200001"


@pytest.fixture
def asker() -> User:
    return make_staff(Role.FINANCE, username="asker")


@pytest.fixture
def approver() -> User:
    return make_staff(Role.FINANCE, username="approver")


def paid_order(bank: Bank, owner: User, *titles: str) -> Order:
    order = make_order(owner, *titles)
    browser_back(bank.finish(payments.start(order, GATEWAY).token))
    order.refresh_from_db()
    return order


def withdrawn_case(bank: Bank, owner: User) -> RefundCase:
    order = paid_order(bank, owner)
    workflow.withdraw(order.lines.get().request_id, owner)
    return RefundCase.objects.get(order=order)


def test_finance_reads_that_the_owner_said_before_that_nobody_came() -> None:
    visited = Visited()
    starts = clock.in_tehran(clock.now()).replace(hour=15, minute=0) + timedelta(days=2)
    slot = workflow.propose_time(
        visited.request.pk, visited.expert, starts, visited.expert, "آزمون"
    )
    workflow.confirm_time(slot.pk, visited.owner)
    clock.move_to(starts + timedelta(hours=2))
    workflow.report_missed_visit(visited.request.pk, visited.owner)
    workflow.withdraw(visited.request.pk, visited.owner)
    case = RefundCase.objects.get(request=visited.request)
    office = office_client(make_staff(Role.FINANCE))
    page = office.get(reverse("admin:billing_refundcase_change", args=[case.pk]))
    assert "متقاضی: کارشناس مراجعه نکرد" in page.content.decode()


def approved_case(bank: Bank, owner: User, approver: User) -> RefundCase:
    return steps.approve(withdrawn_case(bank, owner).pk, approver)


def second_payment(bank: Bank, owner: User, approver: User) -> RefundCase:
    """An order paid twice; the bank confirmed the second sale, and nobody settled it."""
    order = make_order(owner)
    tries = [payments.start(order, GATEWAY) for _number in range(2)]
    first, second = (bank.finish(attempt.token) for attempt in tries)
    browser_back(first)
    PaymentAttempt.objects.filter(pk=tries[1].pk).update(
        state=AttemptState.DUPLICATE, reference=second["SaleReferenceId"], verified_at=clock.now(),
    )  # fmt: skip
    attempt = PaymentAttempt.objects.select_related("order__owner").get(pk=tries[1].pk)
    gateways.gateway(GATEWAY).confirm(attempts.sale(attempt), Step.VERIFY)
    case = refunds.open_for_duplicate(attempt)
    assert case is not None
    return steps.approve(case.pk, approver)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run the works in threads that start together; a refusal is returned as what it is."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait(timeout=30)
        try:
            return work()
        except steps.NotPossible as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_refund_goes_from_asked_to_done_and_the_owner_hears_of_each_step(
    owner: User, bank: Bank, approver: User
) -> None:
    case = approved_case(bank, owner, approver)
    steps.finish_by_hand(case.pk, approver, "transfer", "۱۴۰۵-abc 77", "واریز پایا")
    case.refresh_from_db()
    assert (case.state, case.method, case.reference) == ("done", "transfer", "1405-ABC77")
    told = list(Notice.objects.order_by("pk").values_list("event", flat=True))
    assert told[-3:] == ["refund.asked", "refund.approved", "refund.done_account"]
    sms = SmsMessage.objects.get(event="refund.done_account")
    assert "۶٬۹۹۶٬۰۰۰" in sms.text or str(case.amount_rial) in sms.text
    assert "1405-ABC77" in sms.text
    verbs = AuditEvent.objects.filter(verb__startswith="refund.").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["refund.approve", "refund.done"]


def test_money_back_to_the_card_names_its_last_digits_in_the_sms(
    owner: User, bank: Bank, approver: User
) -> None:
    case = approved_case(bank, owner, approver)
    steps.finish_by_hand(case.pk, approver, "card", "998877")
    last = case.order.attempts.get(state="settled").masked_card[-4:]
    assert f"منتهی به {last}" in SmsMessage.objects.get(event="refund.done").text


def test_who_asked_cannot_approve_and_the_database_knows_it_too(
    owner: User, bank: Bank, asker: User, approver: User
) -> None:
    case = steps.ask(paid_order(bank, owner).pk, asker, 1000, "جبران تأخیر")
    with pytest.raises(steps.NotPossible):
        steps.approve(case.pk, asker)
    rows = RefundCase.objects.filter(pk=case.pk)
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        rows.update(state="approved", approved_by=asker, approved_at=clock.now())
    assert steps.approve(case.pk, approver).state == RefundState.APPROVED


def test_nobody_approves_money_to_themselves(owner: User, bank: Bank, asker: User) -> None:
    case = steps.ask(paid_order(bank, owner).pk, asker, 1000, "جبران تأخیر")
    with pytest.raises(steps.NotPossible):
        steps.approve(case.pk, owner)


def test_nothing_is_done_before_it_is_approved_or_twice_or_without_a_reference(
    owner: User, bank: Bank, approver: User
) -> None:
    case = withdrawn_case(bank, owner)
    with pytest.raises(steps.NotPossible):
        steps.finish_by_hand(case.pk, approver, "card", "123456")
    steps.approve(case.pk, approver)
    for method, reference in (
        ("card", ""),
        ("card", "12"),
        ("reversal", "123456"),
        ("card", "ش۱۲۳"),
    ):
        with pytest.raises(steps.NotPossible):
            steps.finish_by_hand(case.pk, approver, method, reference)
    steps.finish_by_hand(case.pk, approver, "card", "123456")
    for verb in (steps.approve, lambda pk, who: steps.refuse(pk, who, "دیر")):
        with pytest.raises(steps.NotPossible):
            verb(case.pk, approver)
    with pytest.raises(steps.NotPossible):
        steps.finish_by_hand(case.pk, approver, "card", "654321")
    with pytest.raises(IntegrityError, match="done_by_something"), transaction.atomic():
        RefundCase.objects.filter(pk=case.pk).update(reference="")


def test_a_reference_of_the_bank_returns_one_refund(
    owner: User, bank: Bank, approver: User
) -> None:
    order = paid_order(bank, owner, "طلافروشی حسینی", "شعبه بازار")
    for request in VisitRequest.objects.all():
        workflow.withdraw(request.pk, owner)
    first, second = (
        steps.approve(one.pk, approver) for one in RefundCase.objects.filter(order=order)
    )
    steps.finish_by_hand(first.pk, approver, "card", "123456")
    for method in ("card", "transfer"):
        with pytest.raises(steps.NotPossible, match="شماره پیگیری"):
            steps.finish_by_hand(second.pk, approver, method, "۱۲۳۴۵۶")
    second.refresh_from_db()
    assert second.state == RefundState.APPROVED


def test_a_refused_refund_can_be_asked_for_again(
    owner: User, bank: Bank, asker: User, approver: User
) -> None:
    case = withdrawn_case(bank, owner)
    with pytest.raises(steps.NotPossible):
        steps.refuse(case.pk, approver, "")
    steps.refuse(case.pk, approver, "بازدید انجام شده بود")
    assert "بازدید انجام شده بود" in Notice.objects.get(event="refund.refused").body
    again = steps.ask(case.order_id, asker, 5000, "اعتراض متقاضی", request_id=case.request_id)
    assert (again.request_id, again.paid_rial) == (case.request_id, case.paid_rial)
    with pytest.raises(steps.NotPossible):
        steps.ask(case.order_id, asker, 5000, "بار دیگر", request_id=case.request_id)


def ended(order: Order) -> Order:
    """No request runs any more."""
    VisitRequest.objects.update(status="cancelled")
    return order


def test_finance_asks_at_most_for_what_is_not_returned_yet(
    owner: User, bank: Bank, asker: User
) -> None:
    order = ended(paid_order(bank, owner))
    for amount in (0, -1, order.payable_rial + 1):
        with pytest.raises(steps.NotPossible):
            steps.ask(order.pk, asker, amount, "زیاد")
    steps.ask(order.pk, asker, order.payable_rial - 10, "بخش نخست")
    with pytest.raises(steps.NotPossible, match="۱۰"):
        steps.ask(order.pk, asker, 11, "بخش دوم")
    page = reverse("admin:billing_refundcase_ask", args=[order.pk])
    office = office_client(asker)
    assert 'name="amount_rial"' in office.get(page).content.decode()
    steps.ask(order.pk, asker, 10, "بخش دوم")
    assert money_in.free(order) == 0
    shown = office.get(page).content.decode()
    assert "از این سفارش وجهی برای بازگرداندن نمانده است" in shown
    assert 'name="amount_rial"' not in shown


def test_what_was_given_back_before_is_not_owed_again_on_withdrawal(
    owner: User, bank: Bank, asker: User
) -> None:
    order = paid_order(bank, owner)
    steps.ask(order.pk, asker, 1_000_000, "جبران تأخیر")
    request = order.lines.get().request
    workflow.withdraw(request.pk, owner)
    assert RefundCase.objects.get(request=request).amount_rial == order.payable_rial - 1_000_000


def test_a_running_request_is_cancelled_and_not_refunded_by_hand(
    owner: User, bank: Bank, asker: User
) -> None:
    order = paid_order(bank, owner)
    with pytest.raises(steps.NotPossible):
        steps.ask(order.pk, asker, 1000, "عجله", request_id=order.lines.get().request_id)


def test_an_unpaid_order_returns_nothing(owner: User, bank: Bank, asker: User) -> None:
    with pytest.raises(steps.NotPossible):
        steps.ask(make_order(owner).pk, asker, 1, "هیچ")


def test_what_is_overpaid_is_cut_to_what_is_free(owner: User, bank: Bank) -> None:
    order = paid_order(bank, owner)
    case = refunds.open_for_overpaid(order, order.payable_rial + 5)
    assert case is not None
    assert (case.reason, case.amount_rial) == ("overpaid", order.payable_rial)
    assert refunds.open_for_overpaid(order, 1) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_no_more_than_was_paid(bank: Bank) -> None:
    order = ended(paid_order(bank, make_owner()))
    staff = [make_staff(Role.FINANCE) for _number in range(4)]
    works = [
        lambda who=who: steps.ask(order.pk, who, order.payable_rial, "همزمان") for who in staff
    ]
    answers = at_once(*works)
    assert sum(isinstance(one, RefundCase) for one in answers) == 1
    assert money_in.claimed(order) == order.payable_rial


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_get_the_same_money(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both read the same free sum, wait for each other, and only the lock would have parted them."""
    order = ended(paid_order(bank, make_owner()))
    staff = [make_staff(Role.FINANCE) for _number in range(2)]
    meet = threading.Barrier(2)
    really_free = money_in.free

    def free(of: Order) -> int:
        amount = really_free(of)
        meet.wait(timeout=30)
        return amount

    unlocked = Order.objects.select_related("owner")
    monkeypatch.setattr(type(unlocked), "select_for_update", lambda self, **options: self)
    monkeypatch.setattr(money_in, "free", free)
    works = [
        lambda who=who: steps.ask(order.pk, who, order.payable_rial, "همزمان") for who in staff
    ]
    at_once(*works)
    assert money_in.claimed(order) == 2 * order.payable_rial


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_refund_by_hand_at_once_stay_within_what_was_paid(bank: Bank) -> None:
    owner, asker = make_owner(), make_staff(Role.FINANCE)
    order = paid_order(bank, owner)
    request_id = order.lines.get().request_id
    at_once(
        lambda: workflow.withdraw(request_id, owner),
        lambda: steps.ask(order.pk, asker, order.payable_rial // 2, "همزمان"),
    )
    assert 0 < money_in.claimed(order) <= order.payable_rial


def test_the_bank_reverses_a_second_payment_inside_its_window(
    owner: User, bank: Bank, approver: User
) -> None:
    case = second_payment(bank, owner, approver)
    assert reversal.is_offered(case)
    assert reversal.reverse(case.pk, approver) == Outcome.REVERSED
    case.refresh_from_db()
    assert (case.state, case.method, case.done_by) == ("done", "reversal", approver)
    assert case.attempt is not None
    assert bank.sale(case.attempt)["state"] == "REVERSED"
    assert SmsMessage.objects.filter(event="refund.reversed").count() == 1


def test_after_the_window_the_money_is_returned_by_hand(
    owner: User, bank: Bank, approver: User
) -> None:
    case = second_payment(bank, owner, approver)
    clock.move_to(clock.now() + timedelta(hours=4))
    assert not reversal.is_offered(case)
    with pytest.raises(steps.NotPossible):
        reversal.reverse(case.pk, approver)
    steps.finish_by_hand(case.pk, approver, "card", "445566")


def test_a_withdrawn_request_is_never_returned_by_reversal(
    owner: User, bank: Bank, approver: User
) -> None:
    case = approved_case(bank, owner, approver)
    with pytest.raises(steps.NotPossible):
        reversal.reverse(case.pk, approver)


def test_a_reversal_whose_answer_was_lost_is_asked_again_and_done_once(
    owner: User, bank: Bank, approver: User
) -> None:
    case = second_payment(bank, owner, approver)
    bank.fault("bpReversalRequest", "after")
    assert reversal.reverse(case.pk, approver) == Outcome.UNKNOWN
    case.refresh_from_db()
    assert case.is_being_reversed
    with pytest.raises(steps.NotPossible):
        steps.finish_by_hand(case.pk, approver, "card", "445566")
    with pytest.raises(steps.NotPossible):
        reversal.reverse(case.pk, approver)
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert reversal.resolve_due() == 1
    case.refresh_from_db()
    assert (case.state, case.method) == ("done", "reversal")
    assert reversal.resolve_due() == 0


def test_a_process_that_dies_after_the_banks_answer_loses_and_doubles_nothing(
    owner: User, bank: Bank, approver: User, settings: Any
) -> None:
    case = second_payment(bank, owner, approver)
    settings.FAILPOINT = "raise refund.reversal.answered"
    failpoints.forget()
    with pytest.raises(failpoints.Hit):
        reversal.reverse(case.pk, approver)
    settings.FAILPOINT = ""
    case.refresh_from_db()
    assert case.is_being_reversed
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert reversal.resolve_due() == 1
    case.refresh_from_db()
    assert (case.state, case.method) == ("done", "reversal")
    assert case.attempt is not None
    counts = bank.sale(case.attempt)["counts"]
    assert counts["bpReversalRequest"] == 1
    assert SmsMessage.objects.filter(event="refund.reversed").count() == 1


def test_a_bank_that_never_answers_leaves_it_to_a_person(
    owner: User, bank: Bank, approver: User
) -> None:
    case = second_payment(bank, owner, approver)
    for operation in ("bpReversalRequest", "bpInquiryRequest"):
        bank.fault(operation, "before", count=50)
    reversal.reverse(case.pk, approver)
    for _minute in range(30):
        clock.move_to(clock.now() + timedelta(minutes=5))
        reversal.resolve_due()
    case.refresh_from_db()
    assert reversal.is_undecided(case)
    with pytest.raises(steps.NotPossible):
        steps.refuse(case.pk, approver, "نامشخص")
    reversal.decide(case.pk, approver, was_reversed=False)
    steps.finish_by_hand(case.pk, approver, "card", "445566")
    assert RefundCase.objects.get(pk=case.pk).method == "card"


def test_two_who_press_reverse_at_once_ask_the_bank_once(
    owner: User, bank: Bank, approver: User
) -> None:
    case = second_payment(bank, owner, approver)
    reversal.reverse(case.pk, approver)
    with pytest.raises(steps.NotPossible):
        reversal.reverse(case.pk, approver)
    assert case.attempt is not None
    assert bank.sale(case.attempt)["counts"]["bpReversalRequest"] == 1


def test_the_owner_gives_an_account_and_only_finance_reads_it(
    owner: User, bank: Bank, client: Client
) -> None:
    case = withdrawn_case(bank, owner)
    client.force_login(owner)
    address = reverse("billing:refund_iban", args=[case.order.number, case.pk])
    wrong = client.post(address, {"iban": "IR06 2960 0000 0010 0324 2000 02", "answer": "yes"})
    assert "شماره شبا درست نیست" in wrong.content.decode()
    ours = client.post(address, {"iban": account.ours().iban, "answer": "yes"})
    assert "این شبا از آن خود سامانه است" in ours.content.decode()
    client.post(address, {"iban": "۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱", "answer": "yes"})
    case.refresh_from_db()
    assert case.iban == IBAN
    shown = client.get(reverse("billing:order", args=[case.order.number])).content.decode()
    assert IBAN not in shown
    page = reverse("admin:billing_refundcase_change", args=[case.pk])
    assert IBAN in office_client(make_staff(Role.FINANCE)).get(page).content.decode()
    assert AuditEvent.objects.filter(verb="refund.view_account").count() == 1
    assert IBAN not in office_client(make_staff(Role.SUPPORT)).get(page).content.decode()


def test_a_stranger_and_a_refund_that_is_done_take_no_account(
    owner: User, bank: Bank, client: Client, approver: User
) -> None:
    case = approved_case(bank, owner, approver)
    address = reverse("billing:refund_iban", args=[case.order.number, case.pk])
    client.force_login(make_owner("09357654321"))
    assert client.post(address, {"iban": IBAN}).status_code == 404
    steps.finish_by_hand(case.pk, approver, "card", "123456")
    client.force_login(owner)
    client.post(address, {"iban": IBAN})
    case.refresh_from_db()
    assert case.iban == ""


def test_the_owner_reads_each_step_on_the_order(
    owner: User, bank: Bank, client: Client, approver: User
) -> None:
    case = withdrawn_case(bank, owner)
    client.force_login(owner)
    address = reverse("billing:order", args=[case.order.number])
    assert "تأیید امور مالی" in client.get(address).content.decode()
    steps.approve(case.pk, approver)
    assert "استرداد وجه تأیید شد" in client.get(address).content.decode()
    steps.finish_by_hand(case.pk, approver, "card", "123456")
    shown = client.get(address).content.decode()
    assert "وجه بازگردانده شد" in shown
    assert "۱۲۳۴۵۶" in shown


def test_finance_takes_the_steps_in_the_office_with_the_own_password(
    owner: User, bank: Bank, asker: User, approver: User
) -> None:
    order = paid_order(bank, owner)
    office = office_client(asker)
    ask = reverse("admin:billing_refundcase_ask", args=[order.pk])
    given = {"amount_rial": "۵٬۰۰۰", "text": "جبران تأخیر", "own_password": "wrong-one"}
    assert office.post(ask, given).status_code == 200
    assert not RefundCase.objects.exists()
    office.post(ask, {**given, "own_password": PASSWORD})
    case = RefundCase.objects.get()
    assert (case.amount_rial, case.asked_by) == (5000, asker)
    approve = reverse("admin:billing_refundcase_approve", args=[case.pk])
    assert office.post(approve, {"own_password": PASSWORD}).status_code == 302
    case.refresh_from_db()
    assert case.state == "asked"
    other = office_client(approver)
    other.post(approve, {"own_password": PASSWORD})
    by_hand = reverse("admin:billing_refundcase_by_hand", args=[case.pk])
    assert other.get(by_hand).status_code == 200
    done = {"method": "card", "reference": "۱۲۳۴۵۶", "own_password": PASSWORD}
    assert other.post(by_hand, done).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.reference) == ("done", "123456")


def test_who_asked_and_approves_too_hears_that_somebody_else_must(
    owner: User, bank: Bank, asker: User
) -> None:
    case = steps.ask(paid_order(bank, owner).pk, asker, 1000, "جبران تأخیر")
    approve = reverse("admin:billing_refundcase_approve", args=[case.pk])
    for answer in (
        office_client(asker).post(approve, {"own_password": PASSWORD}),
        office_client(asker).get(approve),
    ):
        assert answer.status_code == 302
        told = [str(one) for one in get_messages(answer.wsgi_request)]
        assert told == [str(steps.why_another_approves(case, asker))]


def test_who_approves_what_moved_on_still_hears_that_it_did(
    owner: User, bank: Bank, asker: User, approver: User
) -> None:
    case = steps.ask(paid_order(bank, owner).pk, asker, 1000, "جبران تأخیر")
    steps.approve(case.pk, approver)
    approve = reverse("admin:billing_refundcase_approve", args=[case.pk])
    answer = office_client(asker).post(approve, {"own_password": PASSWORD}, follow=True)
    assert "وضعیت این استرداد تغییر کرده است" in answer.content.decode()


KEPT = "معتبر است و با استرداد باطل نمی‌شود"


def certified() -> tuple[Order, Certificate]:
    visited = Visited()
    visited.endorse(visited.visit())
    return Order.objects.get(), Certificate.objects.get()


@pytest.mark.parametrize("of_request", [True, False])
def test_who_asks_and_who_approves_read_that_the_certificate_stays_valid(
    asker: User, approver: User, of_request: bool
) -> None:
    order, certificate = certified()
    ask = reverse("admin:billing_refundcase_ask", args=[order.pk])
    request_id = certificate.request_id if of_request else None
    shown = [office_client(asker).get(ask).content.decode()]
    case = steps.ask(order.pk, asker, 1000, "جبران تأخیر", request_id=request_id)
    approve = reverse("admin:billing_refundcase_approve", args=[case.pk])
    shown.append(office_client(approver).get(approve).content.decode())
    for page in shown:
        assert KEPT in page
        assert to_persian(certificate.number) in page


def test_a_certificate_that_stands_no_longer_is_not_warned_of(asker: User, approver: User) -> None:
    order, certificate = certified()
    validity.revoke(certificate.pk, asker, "دوربین‌ها برداشته شد")
    ask = reverse("admin:billing_refundcase_ask", args=[order.pk])
    assert KEPT not in office_client(asker).get(ask).content.decode()
    case = steps.ask(order.pk, asker, 1000, "جبران تأخیر")
    approve = reverse("admin:billing_refundcase_approve", args=[case.pk])
    assert KEPT not in office_client(approver).get(approve).content.decode()


def test_money_beside_the_price_of_the_visit_goes_back_without_that_warning(
    asker: User, approver: User
) -> None:
    order, _certificate = certified()
    case = steps.ask(order.pk, asker, 1000, "زیاد پرداخت شد")
    RefundCase.objects.filter(pk=case.pk).update(reason="overpaid")
    approve = reverse("admin:billing_refundcase_approve", args=[case.pk])
    assert KEPT not in office_client(approver).get(approve).content.decode()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_other_roles_read_refunds_and_take_no_step(owner: User, bank: Bank, role: Role) -> None:
    case = withdrawn_case(bank, owner)
    office = office_client(make_staff(role))
    page = office.get(reverse("admin:billing_refundcase_change", args=[case.pk]))
    assert "تأیید استرداد" not in page.content.decode()
    for name in ("approve", "refuse", "by_hand", "reverse", "decide"):
        address = reverse(f"admin:billing_refundcase_{name}", args=[case.pk])
        assert office.post(address, {"own_password": PASSWORD}).status_code == 403


def test_what_goes_back_is_shown_before_a_request_ends(
    owner: User, bank: Bank, client: Client, settings: Any
) -> None:
    order = paid_order(bank, owner)
    request = order.lines.get().request
    office = office_client(make_staff(Role.SUPPORT))
    shown = office.get(reverse("admin:inspections_visitrequest_cancel", args=[request.pk]))
    assert "۶٬۹۹۶٬۰۰۰ ریال" in shown.content.decode()
    settings.WITHDRAWAL_DEDUCTION_PERCENT = 10
    client.force_login(owner)
    shown = client.get(reverse("inspections:withdraw", args=[request.number]))
    assert "۶٬۲۹۶٬۴۰۰ ریال بازگردانده می‌شود" in shown.content.decode()


def test_who_is_cancelled_by_support_hears_it_by_sms_with_the_amount(
    owner: User, bank: Bank
) -> None:
    order = paid_order(bank, owner)
    workflow.cancel(order.lines.get().request_id, make_staff(Role.SUPPORT), "آزمایشگاه تعطیل شد")
    text = SmsMessage.objects.get(event="request.cancelled").text
    assert "۶٬۹۹۶٬۰۰۰" in text
    assert "طلافروشی حسینی" in text
