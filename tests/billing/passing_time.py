"""Time that passes at the portal and at the bank together, and what must be true when it has passed."""

from datetime import timedelta

from billing import payments
from billing.models import AttemptState, PaymentAttempt
from billing.models.payments import LIVE
from septam import clock
from tests.billing.bank import Bank

# The longest that a bank holds money which nobody settles.
BANKS_LONGEST = timedelta(hours=3, minutes=5)
# More than a bank's longest window has minutes.
ROUNDS = 400


class Clocks:
    """Both clocks; they stand together when the object is made."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.ahead = 0

    def passes(self, **span: float) -> None:
        """So much time passes, at the bank and at the portal."""
        step = timedelta(**span)
        self.ahead += int(step.total_seconds())
        self.bank.move_clock(self.ahead)
        clock.move_to(clock.now() + step)

    def rest(self) -> None:
        """Run the jobs as the worker does until no attempt waits for them, then let the bank's windows end."""
        # Whom nobody waits for any more: some banks list what was paid and never confirmed.
        self.passes(minutes=3)
        payments.find_unconfirmed()
        self._run_jobs()
        self.passes(hours=BANKS_LONGEST.total_seconds() / 3600)
        self._run_jobs()

    def _run_jobs(self) -> None:
        for _round in range(ROUNDS):
            live = PaymentAttempt.objects.filter(state__in=LIVE)
            due = live.exclude(next_check_at=None).order_by("next_check_at").first()
            if due is None:
                assert not live.exists(), f"nobody will ask about {list(live)} again"
                return
            wait = (due.next_check_at or clock.now()) - clock.now()
            # The job runs once a minute.
            self.passes(seconds=max(60, int(wait.total_seconds()) + 1))
            payments.resolve_due()


def unrest() -> list[str]:
    """Attempts that are neither settled, nor ended, nor with a person for a reason that the history tells."""
    found = []
    for attempt in PaymentAttempt.objects.all():
        if attempt.state in LIVE:
            found.append(f"attempt {attempt} is still {attempt.state}")
        last = attempt.events.exclude(kind="callback").order_by("pk").last()
        if attempt.state == AttemptState.NEEDS_REVIEW and not (last and last.kind):
            found.append(f"attempt {attempt} needs review and says not why")
    return found
