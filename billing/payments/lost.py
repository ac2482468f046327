"""Payers who paid and never came back: some banks keep a list of sales that wait for our word."""

from datetime import timedelta

from billing import gateways
from billing.models import PaymentAttempt
from billing.payments.confirming import confirm
from billing.payments.returning import FINDABLE, receive_found
from septam import clock, failpoints

# The payer may still be on the way back.
QUIET_FOR = timedelta(minutes=2)
# Money that nobody confirmed is with the payer again by then.
LOOKED_FOR = timedelta(hours=1)


def find_unconfirmed() -> int:
    """Confirm attempts that the bank's own list shows as paid; returns how many.

    Banks without such a list are not asked, nor is one at which nobody is waited for.
    """
    found = 0
    for name in gateways.known():
        waiting = _waiting(name)
        listed = gateways.gateway(name).unconfirmed() if waiting else frozenset[str]()
        failpoints.hit("payments.unconfirmed.answered")
        for token in sorted(listed & waiting.keys()):
            receive_found(waiting[token])
            confirm(waiting[token])
            found += 1
    return found


def _waiting(gateway_name: str) -> dict[str, int]:
    """Token and key of attempts that went to this bank a while ago and did not come back."""
    now = clock.now()
    rows = PaymentAttempt.objects.filter(
        gateway=gateway_name,
        state__in=FINDABLE,
        sent_at__range=(now - LOOKED_FOR, now - QUIET_FOR),
    )
    return dict(rows.exclude(token="").values_list("token", "pk"))  # none yet  # nosec B106
