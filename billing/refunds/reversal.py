"""Returns a second payment by the bank's own reversal, where the gateway's window allows it.

Step by step: the case says that the bank is asked, and commits → the bank is asked outside any transaction, under
a lease → lock, write. An unknown answer stays unknown: the job asks again, first without changing anything, and
while the word is out nobody can return the money another way. After the window a person decides by the bank's books.
"""

import logging
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing import attempts, gateways
from billing.gateways import Answer, Outcome
from billing.models import AttemptState, PaymentAttempt, RefundCase, RefundMethod, RefundState
from billing.refunds import steps
from septam import clock, failpoints

logger = logging.getLogger(__name__)
BATCH = 20
# The bank's word is late by so much at most; then the job asks no more and a person decides.
ASKED_FOR = timedelta(hours=1)


def is_offered(case: RefundCase) -> bool:
    """Whether the bank may be asked for a reversal now: a second payment, approved, inside the bank's window."""
    attempt = case.attempt
    if attempt is None or case.state != RefundState.APPROVED or case.reversal_asked_at is not None:
        return False
    end = window_end(attempt)
    return end is not None and clock.now() < end and case.amount_rial == attempt.amount_rial


def window_end(attempt: PaymentAttempt) -> datetime | None:
    """Until when the bank reverses this payment; None where it never does."""
    if attempt.state != AttemptState.DUPLICATE or attempt.verified_at is None:
        return None
    if attempt.gateway not in gateways.known():
        return None
    bank = gateways.gateway(attempt.gateway)
    if attempt.settled_at is not None and not bank.can_reverse_settled:
        return None
    return attempt.verified_at + bank.reverse_within


def is_undecided(case: RefundCase) -> bool:
    """Whether the bank's word stayed out, so that a person has to look into the bank's books."""
    return case.is_being_reversed and case.next_check_at is None


def reverse(case_id: int, actor: User) -> Outcome:
    """Ask the bank to reverse the second payment; UNKNOWN stays with the case and is asked again.

    Raises NotPossible.
    """
    with failpoints.commit("refund.reversal.ask"):
        case = steps.locked(case_id)
        steps.require(case, RefundState.APPROVED)
        if not is_offered(case):
            raise steps.NotPossible(
                _("The bank no longer reverses this payment; return it by hand.")
            )
        now = clock.now()
        steps.write(
            case, "refund.reversal", actor, reversal_asked_by=actor, reversal_asked_at=now,
            leased_until=now + attempts.LEASE, next_check_at=now + attempts.LEASE, checks=0,
        )  # fmt: skip
    return _write(case_id, _answer(case, again=False))


def resolve_due() -> int:
    """Ask again about reversals whose word is out; returns how many. The lease lets one process ask about each."""
    rows = RefundCase.objects.filter(attempts.is_due(clock.now()), state=RefundState.APPROVED)
    waiting = rows.exclude(reversal_asked_at=None).order_by("next_check_at")
    ready = list(waiting.values_list("pk", flat=True)[:BATCH])
    return sum(_ask_again(case_id) for case_id in ready)


def _ask_again(case_id: int) -> bool:
    with failpoints.commit("refund.reversal.lease"):
        case = steps.locked(case_id)
        now = clock.now()
        is_leased = attempts.is_leased(case, now)
        if not case.is_being_reversed or case.next_check_at is None or is_leased:
            return False
        case.leased_until = now + attempts.LEASE
        case.save(update_fields=["leased_until"])
    _write(case_id, _answer(case, again=True))
    return True


def _answer(case: RefundCase, *, again: bool) -> Answer:
    """The bank's word. Whoever asks again inquires first; and of a sale that it reversed the bank says so."""
    attempt = PaymentAttempt.objects.get(refund_cases=case)
    bank, sale = gateways.gateway(attempt.gateway), attempts.sale(attempt)
    if again:
        answer = bank.inquire(sale)
        failpoints.hit("refund.inquiry.answered")
        if answer.outcome == Outcome.REVERSED:
            return answer
    answer = bank.reverse(sale)
    failpoints.hit("refund.reversal.answered")
    return answer


def _write(case_id: int, answer: Answer) -> Outcome:
    """Write the bank's word. PAID: it keeps the money, so that it is returned by hand."""
    with failpoints.commit("refund.reversal"):
        case = steps.locked(case_id)
        if not case.is_being_reversed:
            return answer.outcome
        if answer.outcome == Outcome.REVERSED:
            _done(case, answer.code)
        elif answer.outcome == Outcome.PAID:
            _clear(case, None, answer.code)
        else:
            _wait(case, answer.code)
    return answer.outcome


def _wait(case: RefundCase, code: str) -> None:
    now = clock.now()
    checks = case.checks + 1
    asked_at = case.reversal_asked_at or now
    is_late = now >= asked_at + ASKED_FOR
    if is_late:
        logger.error("refund %s: no word of the bank about its reversal", case.pk)
    steps.write(
        case, "refund.reversal_unclear", None, checks=checks, leased_until=None,
        next_check_at=None if is_late else now + attempts.pause_after(checks),
        result_code=code or "no answer",
    )  # fmt: skip


def decide(case_id: int, actor: User, *, was_reversed: bool) -> RefundCase:
    """A person read in the bank's books what became of a reversal without an answer. Raises NotPossible."""
    with failpoints.commit("refund.reversal.decide"):
        case = steps.locked(case_id)
        if not is_undecided(case):
            raise steps.NotPossible(_("This is not possible now; the refund has moved on."))
        if was_reversed:
            _done(case, case.result_code, actor)
        else:
            _clear(case, actor, case.result_code)
        return case


def _done(case: RefundCase, code: str, actor: User | None = None) -> None:
    who = actor or case.reversal_asked_by
    steps.write_done(case, who, RefundMethod.REVERSAL, "", code=code)


def _clear(case: RefundCase, actor: User | None, code: str) -> None:
    """The money is still with us: it may be returned another way."""
    steps.write(
        case, "refund.reversal_refused", actor, reversal_asked_at=None, reversal_asked_by=None,
        leased_until=None, next_check_at=None, result_code=code,
    )  # fmt: skip
