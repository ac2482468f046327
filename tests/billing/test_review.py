"""Payments to decide: what finance sees of them, which steps are open, and how each of them ends."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from billing import attempts, outcomes, payments, review
from billing.models import (
    AttemptState,
    BankFile,
    BankFileRow,
    Order,
    OrderState,
    PaymentAttempt,
    PaymentEvent,
    RefundCase,
    RefundReason,
)
from billing.refunds import steps
from notifications.models import SmsMessage
from septam import clock
from septam.models import AuditEvent
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.billing.passing_time import Clocks
from tests.people import PASSWORD, make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
S = AttemptState
WHY = "گزارش بانک دیده شد"


@pytest.fixture
def member() -> User:
    return make_staff(Role.FINANCE)


@pytest.fixture
def office(member: User) -> Client:
    return office_client(member)


def text(response: Any) -> str:
    return str(response.content.decode())


def page(name: str, attempt: PaymentAttempt, *more: str) -> str:
    return reverse(f"admin:billing_paymentattempt_review_{name}", args=[attempt.pk, *more])


def fresh(attempt: PaymentAttempt) -> PaymentAttempt:
    return PaymentAttempt.objects.select_related("order__owner").get(pk=attempt.pk)


def found(attempt: PaymentAttempt, reference: str) -> None:
    """A colleague saw this money in the bank's report."""
    colleague = make_staff(Role.FINANCE, username="colleague")
    assert review.accept(attempt.pk, colleague, WHY, reference) == S.NEEDS_REVIEW


def sent(owner: User) -> PaymentAttempt:
    return payments.start(make_order(owner), GATEWAY)


def unanswered(owner: User, bank: Bank, clocks: Clocks, *, executed: bool) -> PaymentAttempt:
    """A payment whose verify the bank never answered, until a person has to look."""
    attempt = sent(owner)
    kind = "after" if executed else "before"
    bank.fault("bpVerifyRequest", kind, count=40)
    browser_back(bank.finish(attempt.token))
    for _turn in range(10):
        clocks.passes(minutes=3)
        payments.resolve_due()
    assert fresh(attempt).state == S.NEEDS_REVIEW
    requests.post(f"{bank.url}/_control/faults", json={"clear": True}, timeout=5).raise_for_status()
    return fresh(attempt)


def unsettled(owner: User, bank: Bank, clocks: Clocks) -> PaymentAttempt:
    """A verified payment that another one overtook, handed to a person before it was settled."""
    attempt = sent(owner)
    bank.fault("bpSettleRequest", "before", count=2)
    browser_back(bank.finish(attempt.token))
    assert fresh(attempt).state == S.VERIFIED
    Order.objects.filter(pk=attempt.order_id).update(state=OrderState.PAID, paid_at=clock.now())
    clocks.passes(minutes=2)
    payments.resolve_due()
    assert fresh(attempt).state == S.NEEDS_REVIEW
    return fresh(attempt)


@pytest.fixture
def clocks(bank: Bank) -> Clocks:
    return Clocks(bank)


def test_the_list_names_what_waits_and_the_first_page_counts_it(
    owner: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=True)
    listed = text(office.get(reverse("admin:billing_paymentattempt_review")))
    assert str(attempt.order_number) in listed
    assert "۱ پرداخت در انتظار تصمیم است" in text(office.get(reverse("admin:index")))


def test_the_evidence_shows_history_codes_and_what_the_owner_reads(
    owner: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=True)
    shown = text(office.get(page("one", attempt)))
    for words in (
        "پاسخ روشنی نداد",
        attempt.reference,
        "610433******5689",
        "لطفاً دوباره پرداخت نکنید",
    ):
        assert words in shown
    assert AuditEvent.objects.filter(verb="office.view", object_id=str(attempt.pk)).exists()


def test_a_verify_whose_answer_was_lost_is_confirmed_again_and_pays_the_order(
    owner: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=True)
    data = {"reason": WHY, "own_password": PASSWORD}
    assert office.post(page("step", attempt, "confirm"), data).status_code == 302
    assert fresh(attempt).state == S.SETTLED
    assert fresh(attempt).order.state == OrderState.PAID
    assert bank.sale(attempt)["taken"] == attempt.amount_rial
    assert SmsMessage.objects.filter(event="payment.receipt").count() == 1
    event = PaymentEvent.objects.get(attempt=attempt, kind="review_confirm")
    assert event.detail["reason"] == WHY
    assert AuditEvent.objects.filter(verb="payment.confirm").count() == 1


def test_a_sale_that_the_bank_returned_ends_reversed_when_it_is_asked(
    owner: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=False)
    assert office.post(page("step", attempt, "inquire"), {"reason": WHY}).status_code == 302
    assert fresh(attempt).state == S.REVERSED
    assert SmsMessage.objects.filter(event="payment.failed_late").count() == 1
    assert payments.start(fresh(attempt).order, GATEWAY).state == S.SENT


def test_an_answer_that_says_nothing_changes_nothing_and_is_kept(
    owner: User, member: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=True)
    bank.fault("bpInquiryRequest", "empty")
    review.inquire(attempt.pk, member, WHY)
    assert fresh(attempt).state == S.NEEDS_REVIEW
    assert fresh(attempt).leased_until is None
    assert PaymentEvent.objects.get(attempt=attempt, kind="review_answer").detail == {
        "outcome": "unknown"
    }


def test_a_second_payment_that_was_verified_is_not_settled_but_reversed_by_a_person(
    owner: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    attempt = unsettled(owner, bank, clocks)
    assert bank.sale(attempt)["state"] == "VERIFIED"
    assert {step.name for step in review.steps_for(attempt)} == {
        "inquire",
        "reverse",
        "accept",
        "close",
    }
    data = {"reason": WHY, "own_password": PASSWORD}
    assert office.post(page("step", attempt, "reverse"), data).status_code == 302
    assert fresh(attempt).state == S.REVERSED
    assert bank.sale(attempt)["state"] == "REVERSED"


def test_money_accepted_for_a_paid_order_is_a_second_payment_with_a_refund_case(
    owner: User, member: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = unsettled(owner, bank, clocks)
    found(attempt, attempt.reference)
    assert review.accept(attempt.pk, member, WHY, attempt.reference) == S.DUPLICATE
    case = RefundCase.objects.get(attempt=attempt)
    assert (case.reason, case.amount_rial) == (RefundReason.DUPLICATE, attempt.amount_rial)
    assert review.steps_for(fresh(attempt)) == []


def test_a_settle_that_came_after_another_payment_leaves_a_second_payment_and_its_case(
    owner: User, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = sent(owner)
    asked = payments.confirming.gateways.gateway(GATEWAY)
    real = type(asked).confirm

    def overtaken(gateway: Any, sale: Any, step: Any) -> Any:
        answer = real(gateway, sale, step)
        if step.value == "settle":
            Order.objects.filter(pk=attempt.order_id).update(state=OrderState.PAID)
        return answer

    monkeypatch.setattr(type(asked), "confirm", overtaken)
    browser_back(bank.finish(attempt.token))
    assert fresh(attempt).state == S.DUPLICATE
    assert bank.sale(attempt)["taken"] == attempt.amount_rial
    assert RefundCase.objects.get(attempt=attempt).amount_rial == attempt.amount_rial
    said = " ".join(str(one) for one in outcomes.of_attempt(fresh(attempt)).sentences)
    assert "همه آن را به شما بازمی‌گردانیم" in said


def test_late_money_of_an_abandoned_payment_is_accepted_once_by_its_reference(
    owner: User, member: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = sent(owner)
    clocks.passes(minutes=31)
    payments.resolve_due()
    assert fresh(attempt).state == S.ABANDONED
    found(attempt, "98765432101")
    assert review.accept(attempt.pk, member, WHY, "98765432101") == S.SETTLED
    assert fresh(attempt).order.state == OrderState.PAID
    assert fresh(attempt).reference == "98765432101"
    assert SmsMessage.objects.filter(event="payment.receipt").count() == 1
    with pytest.raises(review.NotNow):
        review.accept(attempt.pk, member, WHY, "98765432101")


def test_once_it_was_written_that_no_money_came_two_people_have_to_see_it_anew(
    owner: User, member: User, clocks: Clocks
) -> None:
    attempt = sent(owner)
    clocks.passes(minutes=31)
    payments.resolve_due()
    found(attempt, "98765432101")
    review.close(attempt.pk, member, WHY)
    assert review.accept(attempt.pk, member, WHY, "98765432101") == S.NEEDS_REVIEW
    assert fresh(attempt).order.state == OrderState.OPEN


def test_a_reference_of_another_payment_is_refused_beside_its_field(
    owner: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    paid = sent(owner)
    browser_back(bank.finish(paid.token))
    other = sent(make_owner("09120000002"))
    clocks.passes(minutes=31)
    payments.resolve_due()
    data = {"reason": WHY, "own_password": PASSWORD, "reference": fresh(paid).reference}
    answer = office.post(page("step", other, "accept"), data)
    assert "این شماره پیگیری از آن پرداخت دیگری است" in text(answer)
    assert fresh(other).state == S.ABANDONED
    assert fresh(other).reference == ""


def test_nobody_alone_makes_an_order_paid_that_the_bank_did_not_confirm(
    owner: User, member: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    attempt = sent(owner)
    clocks.passes(minutes=31)
    payments.resolve_due()
    data = {"reason": WHY, "own_password": PASSWORD, "reference": "98765432101"}
    first = office.post(page("step", attempt, "accept"), data, follow=True)
    assert "همکار دیگری که همین شماره پیگیری را در گزارش بانک ببیند" in text(first)
    waiting = office.get(reverse("admin:billing_paymentattempt_review"))
    assert page("one", attempt) in text(waiting)
    again = office.post(page("step", attempt, "accept"), data)
    assert "این را خودتان ثبت کرده‌اید" in text(again)
    colleague = make_staff(Role.FINANCE)
    assert review.accept(attempt.pk, colleague, WHY, "98765432102") == S.NEEDS_REVIEW
    assert fresh(attempt).order.state == OrderState.OPEN
    assert fresh(attempt).reference == ""
    assert review.accept(attempt.pk, member, WHY, "98765432102") == S.SETTLED
    assert fresh(attempt).reference == "98765432102"


def test_who_wrote_that_a_payment_came_in_does_not_approve_that_it_goes_back(
    owner: User, member: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = unsettled(owner, bank, clocks)
    found(attempt, attempt.reference)
    review.accept(attempt.pk, member, WHY, attempt.reference)
    case = RefundCase.objects.get(attempt=attempt)
    for one in (member, User.objects.get(username="colleague")):
        with pytest.raises(steps.NotPossible, match="همکار دیگری تأیید می‌کند"):
            steps.approve(case.pk, one)
    steps.approve(case.pk, make_staff(Role.FINANCE, username="third"))


def test_another_reference_than_the_banks_own_is_refused(
    owner: User, member: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=True)
    with pytest.raises(review.NotNow) as refusal:
        review.accept(attempt.pk, member, WHY, "1")
    assert refusal.value.field == "reference"


def test_what_a_report_of_the_bank_has_as_paid_is_not_closed_as_unpaid(
    owner: User, member: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=True)
    file = BankFile.objects.create(
        gateway=GATEWAY, name="a.csv", sha256="1", uploaded_by=member, uploaded_at=clock.now(),
        first_day=clock.today(), last_day=clock.today(), rows_count=1, compared_at=clock.now(),
    )  # fmt: skip
    BankFileRow.objects.create(
        file=file, line=1, kind="unpaid_here", outcome="paid", day=clock.today(), attempt=attempt
    )
    with pytest.raises(review.NotNow, match="انجام شده است"):
        review.close(attempt.pk, member, WHY)


def test_nobody_accepts_the_payment_of_an_own_order(
    owner: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=False)
    with pytest.raises(review.NotNow, match="از آن خود شماست"):
        review.accept(attempt.pk, owner, WHY, "777")


def test_what_is_closed_as_unpaid_frees_the_order(
    owner: User, bank: Bank, clocks: Clocks, office: Client
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=False)
    data = {"reason": WHY, "own_password": PASSWORD}
    assert office.post(page("step", attempt, "close"), data).status_code == 302
    assert fresh(attempt).state == S.FAILED
    assert payments.start(fresh(attempt).order, GATEWAY).state == S.SENT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": WHY, "own_password": "wrong-one"}, "این رمز شما نیست"),
        ({"reason": WHY}, "own_password"),
        ({"own_password": PASSWORD}, "reason"),
    ],
)
def test_a_step_needs_a_reason_and_the_own_password(
    owner: User, bank: Bank, clocks: Clocks, office: Client, data: dict[str, str], words: str
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=False)
    answer = office.post(page("step", attempt, "close"), data)
    assert answer.status_code == 200
    assert words in text(answer)
    assert fresh(attempt).state == S.NEEDS_REVIEW


def test_while_the_bank_is_being_asked_nobody_else_takes_a_step(
    owner: User, member: User, bank: Bank, clocks: Clocks
) -> None:
    attempt = unanswered(owner, bank, clocks, executed=False)
    attempts.change(attempt, leased_until=clock.now() + timedelta(seconds=60))
    with pytest.raises(review.NotNow):
        review.close(attempt.pk, member, WHY)


def test_a_step_that_is_over_leads_back_with_a_word(
    owner: User, bank: Bank, office: Client
) -> None:
    attempt = sent(owner)
    browser_back(bank.finish(attempt.token))
    for name in review.BY_NAME:
        answer = office.get(page("step", attempt, name), follow=True)
        assert "این گام اکنون ممکن نیست" in text(answer)
    assert office.get(page("step", attempt, "nothing")).status_code == 404


def test_a_payment_under_way_is_not_said_to_have_ended(
    owner: User, bank: Bank, office: Client
) -> None:
    attempt = sent(owner)
    assert "پرداخت در جریان است" in text(office.get(page("one", attempt)))
    browser_back(bank.finish(attempt.token))
    assert "کار این پرداخت پایان یافته است" in text(office.get(page("one", attempt)))


def test_for_others_the_pages_do_not_exist(owner: User, bank: Bank) -> None:
    attempt, client = sent(owner), office_client(make_staff(Role.SUPPORT))
    for path in (
        reverse("admin:billing_paymentattempt_review"),
        page("one", attempt),
        page("step", attempt, "close"),
    ):
        assert client.get(path).status_code == 404


def test_the_table_of_a_persons_moves_has_no_way_out_of_a_settled_payment() -> None:
    assert S.SETTLED not in attempts.BY_PERSON
    assert S.SETTLED not in attempts.MOVES
