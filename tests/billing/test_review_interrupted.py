"""A step of finance that is cut off at each of its failpoints: nothing is lost, nothing done twice, and it can be taken again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Role, User
from billing import payments, review
from billing.models import AttemptState, OrderState, PaymentAttempt, RefundCase
from notifications.models import SmsMessage
from septam import failpoints
from tests.billing.bank import Bank
from tests.billing.passing_time import Clocks
from tests.billing.test_review import WHY, found, fresh, unanswered, unsettled
from tests.people import make_owner, make_staff

pytestmark = pytest.mark.django_db
S = AttemptState
Step = Callable[[PaymentAttempt, User], Any]


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    failpoints.forget()
    yield
    failpoints.forget()


@pytest.fixture
def clocks(bank: Bank) -> Clocks:
    return Clocks(bank)


@pytest.fixture
def member() -> User:
    return make_staff(Role.FINANCE)


def cut_off(settings: Any, point: str, step: Callable[[], Any]) -> None:
    settings.FAILPOINT = f"raise {point}"
    with pytest.raises(failpoints.Hit):
        step()
    settings.FAILPOINT = ""


@pytest.mark.parametrize(
    "point",
    ["review.hold.write", "review.hold.written", "review.inquiry.answered", "review.inquiry.write"],
)
def test_an_inquiry_that_was_cut_off_can_be_made_again_when_its_lease_is_over(
    bank: Bank, clocks: Clocks, member: User, settings: Any, point: str
) -> None:
    attempt = unanswered(make_owner(), bank, clocks, executed=False)
    cut_off(settings, point, lambda: review.inquire(attempt.pk, member, WHY))
    assert fresh(attempt).state == S.NEEDS_REVIEW
    clocks.passes(minutes=2)
    review.inquire(attempt.pk, member, WHY)
    assert fresh(attempt).state == S.REVERSED
    assert SmsMessage.objects.filter(event="payment.failed_late").count() == 1


@pytest.mark.parametrize(
    "point", ["review.confirm.written", "payments.verify.answered", "payments.settle.written"]
)
def test_a_confirmation_that_was_cut_off_is_finished_by_the_job(
    bank: Bank, clocks: Clocks, member: User, settings: Any, point: str
) -> None:
    attempt = unanswered(make_owner(), bank, clocks, executed=True)
    cut_off(settings, point, lambda: review.confirm(attempt.pk, member, WHY))
    clocks.passes(minutes=2)
    payments.resolve_due()
    assert fresh(attempt).state == S.SETTLED
    assert bank.sale(attempt)["taken"] == attempt.amount_rial
    assert SmsMessage.objects.filter(event="payment.receipt").count() == 1


def test_a_confirmation_that_was_cut_off_before_its_commit_leaves_all_as_it_was(
    bank: Bank, clocks: Clocks, member: User, settings: Any
) -> None:
    attempt = unanswered(make_owner(), bank, clocks, executed=True)
    cut_off(settings, "review.confirm.write", lambda: review.confirm(attempt.pk, member, WHY))
    assert fresh(attempt).state == S.NEEDS_REVIEW
    assert not attempt.events.filter(kind="review_confirm").exists()


@pytest.mark.parametrize("point", ["review.reversal.answered", "review.reversal.write"])
def test_a_reversal_whose_answer_was_lost_is_known_by_asking_again(
    bank: Bank, clocks: Clocks, member: User, settings: Any, point: str
) -> None:
    attempt = unsettled(make_owner(), bank, clocks)
    cut_off(settings, point, lambda: review.reverse(attempt.pk, member, WHY))
    assert (bank.sale(attempt)["state"], fresh(attempt).state) == ("REVERSED", S.NEEDS_REVIEW)
    clocks.passes(minutes=2)
    review.reverse(attempt.pk, member, WHY)
    assert fresh(attempt).state == S.REVERSED


@pytest.mark.parametrize(
    ("point", "state"),
    [("review.accept.write", S.NEEDS_REVIEW), ("review.accept.written", S.DUPLICATE)],
)
def test_an_acceptance_stands_whole_or_not_at_all(
    bank: Bank, clocks: Clocks, member: User, settings: Any, point: str, state: str
) -> None:
    attempt = unsettled(make_owner(), bank, clocks)
    found(attempt, attempt.reference)
    cut_off(settings, point, lambda: review.accept(attempt.pk, member, WHY, attempt.reference))
    assert fresh(attempt).state == state
    assert RefundCase.objects.filter(attempt=attempt).exists() is (state == S.DUPLICATE)
    assert fresh(attempt).order.state == OrderState.PAID


@pytest.mark.parametrize(
    ("point", "state"), [("review.close.write", S.NEEDS_REVIEW), ("review.close.written", S.FAILED)]
)
def test_a_closing_stands_whole_or_not_at_all(
    bank: Bank, clocks: Clocks, member: User, settings: Any, point: str, state: str
) -> None:
    attempt = unanswered(make_owner(), bank, clocks, executed=False)
    cut_off(settings, point, lambda: review.close(attempt.pk, member, WHY))
    assert fresh(attempt).state == state
    told = SmsMessage.objects.filter(event="payment.failed_late").exists()
    assert told is (state == S.FAILED)
