"""How often people may write to support and ask for their answers.

A stranger's message counts per number and client, then per number, then per address (wide: mobile
operators put thousands of people behind one); an owner's per account. Codes count per conversation, then among
all messages that strangers can have sent to a number (accounts.limits).
"""

from django.http import HttpRequest

from accounts.limits import DAY, HOUR, QUARTER, address_key, client_of, may_reach
from accounts.models import User
from septam.throttle import Limit, Verdict, hit

NUMBER_CLIENT = Limit("support-number-client", 3, HOUR)
NUMBER_DAY = Limit("support-number", 10, DAY)
ADDRESS = Limit("support-address", 60, HOUR)
OWNER = Limit("support-owner", 10, HOUR)
# Tracking numbers tried by one client: they are not to be guessed.
FIND_CLIENT = Limit("support-find", 10, QUARTER)
# Codes for one conversation, whoever asks: its writer's phone is not to be flooded.
CODES_QUARTER = Limit("support-codes-quarter", 3, QUARTER)
CODES = Limit("support-codes", 10, DAY)


def may_write(request: HttpRequest, mobile: str) -> Verdict:
    """Count one message of somebody who is not signed in.

    A client over its own limit does not count against the number or the address.
    """
    address = address_key(request)
    verdict = hit(NUMBER_CLIENT, f"{mobile}:{address}")
    if verdict.allowed:
        verdict = hit(ADDRESS, address)
    return hit(NUMBER_DAY, mobile) if verdict.allowed else verdict


def may_write_as(owner_id: int) -> Verdict:
    """Count one message of an owner."""
    return hit(OWNER, str(owner_id))


def may_write_on(thread_number: str) -> Verdict:
    """Count one more message in a conversation that a code opened."""
    return hit(OWNER, f"t{thread_number}")


def may_find(request: HttpRequest, thread_number: str) -> Verdict:
    """Count one tracking number that a client asks about, and a code for it; the same for one that is none.

    A client over its own limit does not count against the conversation.
    """
    verdict = hit(FIND_CLIENT, address_key(request))
    for limit in (CODES_QUARTER, CODES):
        verdict = hit(limit, thread_number) if verdict.allowed else verdict
    return verdict


def may_send_code(request: HttpRequest, mobile: str) -> Verdict:
    """Count one code to the number that a conversation's writer gave.

    A device that signed in to the account of that number has a bound of its own here, too.
    """
    account_id = User.objects.filter(mobile=mobile).values_list("pk", flat=True).first()
    return may_reach(mobile, client_of(request, account_id))
