"""What finance may do about a payment that the jobs could not finish, or whose money turned up late.

Each step is taken under the locks of order and attempt, asks the bank outside any transaction under the
attempt's lease, and leaves a history row with the person and the reason, an audit event, and the owner's word.
The way to «paid» is the usual one: payments.confirm and payments.take.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import powers
from accounts.models import User
from billing import attempts, gateways, payments
from billing.attempts import change, is_leased, move, note
from billing.gateways import Outcome
from billing.models import (
    AttemptState,
    BankFileRow,
    BankOutcome,
    PaymentAttempt,
    PaymentEvent,
    RefundCase,
    RefundState,
)
from billing.payment_messages import tell_failed_late
from septam import audit, clock, failpoints
from septam.refusal import Refusal

S = AttemptState
# Other states in which money can turn up that the bank was thought not to have taken.
_LATE = (S.ABANDONED, S.CANCELLED, S.FAILED, S.REVERSED, S.DUPLICATE)


_OF_ANOTHER = _("This reference belongs to another payment.")

# The kind of the event by which a person wrote that the bank has kept nothing.
_CLOSED = "review_close"


class NotNow(Refusal):
    """The step is refused."""


@dataclass(frozen=True)
class Step:
    """One thing that may be done: its word, what it does, whether it moves money, and when it is open."""

    name: str
    label: str | Promise
    meaning: str | Promise
    is_open: Callable[[PaymentAttempt], bool]
    moves_money: bool = True
    needs_reference: bool = False


def steps_for(attempt: PaymentAttempt) -> list[Step]:
    """What may be done now; the attempt's order is loaded."""
    return [step for step in STEPS if step.is_open(attempt)]


def inquire(attempt_id: int, actor: User, reason: str) -> Outcome:
    """Ask the bank without changing anything there, and keep its word; «reversed» ends the attempt.

    Raises NotNow.
    """
    attempt = _hold(attempt_id, actor, "review_inquiry", reason)
    answer = gateways.gateway(attempt.gateway).inquire(attempts.sale(attempt))
    failpoints.hit("review.inquiry.answered")
    with failpoints.commit("review.inquiry"):
        attempt = attempts.locked(attempt_id)
        if answer.outcome == Outcome.REVERSED and attempt.state == S.NEEDS_REVIEW:
            _end(attempt, S.REVERSED, "review_inquiry", actor, reason, answer.code)
        else:
            word = {"outcome": answer.outcome.value}
            note(attempt, "review_answer", answer.code or "no answer", word)
            change(attempt, leased_until=None)
    return answer.outcome


def confirm(attempt_id: int, actor: User, reason: str) -> str:
    """Verify and settle once more in the usual way; returns the state that came of it. Raises NotNow."""
    with failpoints.commit("review.confirm"):
        attempt = _open_for(CONFIRM, attempt_id)
        target = S.VERIFIED if attempt.verified_at else S.VERIFYING
        person = _person(actor, reason)
        move(attempt, target, "review_confirm", by_person=person, next_check_at=clock.now())
        audit.record(actor.pk, "payment.confirm", attempt)
    payments.confirm(attempt_id)
    return str(PaymentAttempt.objects.values_list("state", flat=True).get(pk=attempt_id))


def reverse(attempt_id: int, actor: User, reason: str) -> Outcome:
    """Have the bank give a verified, unsettled sale back; without its clear word nothing is changed. Raises NotNow."""
    attempt = _hold(attempt_id, actor, "review_reversal", reason)
    answer = gateways.gateway(attempt.gateway).reverse(attempts.sale(attempt))
    failpoints.hit("review.reversal.answered")
    with failpoints.commit("review.reversal"):
        attempt = attempts.locked(attempt_id)
        if answer.outcome == Outcome.REVERSED and attempt.state == S.NEEDS_REVIEW:
            _end(attempt, S.REVERSED, "review_reversal", actor, reason, answer.code)
        else:
            word = {"outcome": answer.outcome.value}
            note(attempt, "review_answer", answer.code or "no answer", word)
            change(attempt, leased_until=None)
    return answer.outcome


def accept(attempt_id: int, actor: User, reason: str, reference: str) -> str:
    """Write that the bank has this money, by its reference; two people see it in the bank's report. The new state.

    What the first one wrote waits for review; with the same reference from a colleague the order is paid, or a refund
    is owed. Raises NotNow, also for a reference that belongs to another payment.
    """
    with failpoints.commit("review.accept"):
        attempt = _open_for(ACCEPT, attempt_id)
        if attempt.order.owner_id == actor.pk:
            raise NotNow(_("This order is your own; a colleague looks into the bank's report."))
        _require_reference(attempt, reference)
        found = {**_person(actor, reason), "reference": reference}
        first = _found_first(attempt)
        if first is None or first.detail["reference"] != reference:
            _write_found(attempt, found)
        elif first.detail["actor"] == actor.pk:
            raise NotNow(_("You wrote this down yourself; a colleague looks into the bank's report and accepts it."))  # fmt: skip
        elif too_new := _who_is_too_new(first.detail["actor"], actor):
            raise NotNow(too_new)
        else:
            _write_reference(attempt, reference)
            payments.take(attempt, attempts.ACCEPTED, by_person=_person(actor, reason))
        audit.record(actor.pk, "payment.accept", attempt, reference=reference)
    return attempt.state


def _found_first(attempt: PaymentAttempt) -> PaymentEvent | None:
    """What one person wrote that the bank has the money; void once somebody wrote that it has not."""
    words = attempt.events.filter(kind__in=(attempts.FOUND, _CLOSED)).order_by("-pk")
    newest = words.first()
    return newest if newest is not None and newest.kind == attempts.FOUND else None


def _who_is_too_new(first_id: int, second: User) -> str:
    """A manager accepts too: neither of the two may be one whom he made for it."""
    both = [*User.objects.filter(pk=first_id), second]
    return next(
        (why for one in both if (why := powers.why_too_new(one, "billing.review_payment"))), ""
    )


def _write_found(attempt: PaymentAttempt, found: Mapping[str, Any]) -> None:
    if attempt.state == S.NEEDS_REVIEW:
        note(attempt, attempts.FOUND, detail=found)
    else:
        move(attempt, S.NEEDS_REVIEW, attempts.FOUND, by_person=found, next_check_at=None)


def _require_reference(attempt: PaymentAttempt, reference: str) -> None:
    if attempt.reference and attempt.reference != reference:
        raise NotNow(_("The bank gave this payment another reference."), "reference")
    same = PaymentAttempt.objects.filter(gateway=attempt.gateway, reference=reference)
    if same.exclude(pk=attempt.pk).exists():
        raise NotNow(_OF_ANOTHER, "reference")


def close(attempt_id: int, actor: User, reason: str) -> None:
    """Write that the bank has kept nothing: the order may be paid again. Raises NotNow."""
    with failpoints.commit("review.close"):
        attempt = _open_for(CLOSE, attempt_id)
        if _is_paid_by_a_report(attempt):
            raise NotNow(_("A report of the bank that was uploaded has this payment as paid; accept it instead."))  # fmt: skip
        _end(attempt, S.FAILED, _CLOSED, actor, reason)


def _is_paid_by_a_report(attempt: PaymentAttempt) -> bool:
    rows = BankFileRow.objects.filter(attempt=attempt).exclude(outcome="").order_by("-pk")
    last = rows.values_list("outcome", flat=True).first()
    return last == BankOutcome.PAID


def _write_reference(attempt: PaymentAttempt, reference: str) -> None:
    try:
        with transaction.atomic():
            change(attempt, reference=reference)
    except IntegrityError as problem:  # meanwhile
        raise NotNow(_OF_ANOTHER, "reference") from problem


def _hold(attempt_id: int, actor: User, kind: str, reason: str) -> PaymentAttempt:
    """Note that this person asks the bank, and take the lease under which it is asked."""
    with failpoints.commit("review.hold"):
        attempt = _open_for(_ASKS[kind], attempt_id)
        note(attempt, kind, detail=_person(actor, reason))
        change(attempt, leased_until=clock.now() + attempts.LEASE)
        audit.record(actor.pk, kind.replace("review_", "payment."), attempt)
    return attempt


def _open_for(step: Step, attempt_id: int) -> PaymentAttempt:
    attempt = attempts.locked(attempt_id)
    if not step.is_open(attempt):
        raise NotNow(_("This step is not possible now; the payment has moved on."))
    if is_leased(attempt, clock.now()):
        raise NotNow(_("The bank is being asked about this payment right now; try again shortly."))
    return attempt


def _end(
    attempt: PaymentAttempt, target: str, kind: str, actor: User, reason: str, code: str = ""
) -> None:
    move(
        attempt, target, kind, code, by_person=_person(actor, reason), next_check_at=None,
        leased_until=None, result_code=code or attempt.result_code,
    )  # fmt: skip
    audit.record(actor.pk, f"payment.{target}", attempt)
    tell_failed_late(attempt)


def _person(actor: User, reason: str) -> Mapping[str, Any]:
    return {"actor": actor.pk, "reason": reason}


def _in_review(attempt: PaymentAttempt) -> bool:
    return attempt.state == S.NEEDS_REVIEW and attempt.gateway in gateways.known()


def _may_confirm(attempt: PaymentAttempt) -> bool:
    """While the bank may still hold the sale, verified or not: what it has returned it does not confirm.

    Not where the order is paid: this money would be a second payment. Nor where another try is being asked about.
    """
    if not _in_review(attempt) or payments.standing.of(attempt).is_paid:
        return False
    others = attempt.order.attempts.exclude(pk=attempt.pk)
    if others.filter(state__in=(S.VERIFYING, S.VERIFIED)).exists():
        return False
    return clock.now() < _held_until(attempt)


def _may_reverse(attempt: PaymentAttempt) -> bool:
    if not _in_review(attempt) or attempt.verified_at is None or attempt.settled_at is not None:
        return False
    bank = gateways.gateway(attempt.gateway)
    return clock.now() < attempt.verified_at + bank.settle_within


def _held_until(attempt: PaymentAttempt) -> datetime:
    """Until when the bank may hold the sale for us at the longest."""
    bank = gateways.gateway(attempt.gateway)
    if attempt.verified_at is not None:
        return attempt.verified_at + bank.settle_within
    began = attempt.returned_at or attempt.sent_at or attempt.created_at
    return began + bank.confirm_within + bank.settle_within


def _may_accept(attempt: PaymentAttempt) -> bool:
    """Of a payment whose money was not taken in yet, by our books, and is not on its way back."""
    if attempt.state == S.NEEDS_REVIEW:
        return True
    if attempt.state not in _LATE or attempt.settled_at is not None or not attempt.token:
        return False
    live = RefundCase.objects.filter(attempt=attempt).exclude(state=RefundState.REFUSED)
    return not live.exists()


INQUIRE = Step(
    "inquire",
    _("Ask the bank"),
    _("Nothing changes at the bank; its answer is kept below."),
    _in_review,
    moves_money=False,
)
CONFIRM = Step(
    "confirm",
    _("Confirm with the bank again"),
    _("Verifies and settles as for any payment; if the bank agrees, the order is paid."),
    _may_confirm,
)
REVERSE = Step(
    "reverse",
    _("Reverse at the bank"),
    _("The bank gives the money of this confirmed, unsettled payment back to the card."),
    _may_reverse,
)
ACCEPT = Step(
    "accept",
    _("Accept as paid"),
    _(
        "The bank's report shows that this money came in; two people look. A paid order gets a refund case."
    ),
    _may_accept,
    needs_reference=True,
)
CLOSE = Step(
    "close",
    _("Close as unpaid"),
    _("The bank's report shows that no money came in; the owner may pay again."),
    lambda attempt: attempt.state == S.NEEDS_REVIEW,
)
STEPS = (INQUIRE, CONFIRM, REVERSE, ACCEPT, CLOSE)
BY_NAME = {step.name: step for step in STEPS}
_ASKS = {"review_inquiry": INQUIRE, "review_reversal": REVERSE}
