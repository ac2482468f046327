"""Payment truth: start, callback, confirm, resolve. The only writer of payment attempts.

Each step: record and commit → talk to the bank outside any transaction, under a lease → lock, compare, write.
Only a settled attempt means paid. An unknown answer stays unknown (verifying) until the jobs have the bank's
word, or a person must look. Nothing is ever reversed automatically.
"""

from billing.payments import standing
from billing.payments.confirming import confirm, take
from billing.payments.due import abandon, resolve_due
from billing.payments.lost import find_unconfirmed
from billing.payments.returning import receive_callback, receive_found
from billing.payments.starting import CannotStart, StartFailed, checkout, start

__all__ = [
    "CannotStart", "StartFailed", "abandon", "checkout", "confirm", "find_unconfirmed", "receive_callback", "receive_found",
    "resolve_due", "standing", "start", "take",
]  # fmt: skip
