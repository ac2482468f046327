"""The table of everything that went wrong in others' payments: each row ends with the books in agreement.

The rows are those of the project's notes on payment pitfalls, section 9 («tests the simulator must make possible»).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests
from django.db import connection
from django.test import Client

from billing import payments
from billing.gateways import base
from billing.models import AttemptState as S
from septam import clock
from tests.billing.bank import CALLBACK, GATEWAY, browser_back, make_order
from tests.billing.till import Till
from tests.people import make_stranger

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Pitfall:
    """A row: what happens, and how the order's attempts end, oldest first."""

    name: str
    happens: Callable[[Till], None]
    end: tuple[S, ...] = (S.SETTLED,)
    in_threads: bool = False


def duplicate_callback(till: Till) -> None:
    fields = till.pay()
    places = {browser_back(fields)["Location"] for _copy in range(3)}
    assert len(places) == 1


def parallel_callbacks(till: Till) -> None:
    fields = till.pay()

    def post(_copy: int) -> int:
        try:
            return int(browser_back(fields).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(post, range(6))) == {303}
    assert [name for name, _code in till.calls()].count("bpVerifyRequest") == 1


def callback_without_cookies(till: Till) -> None:
    fields = till.pay()
    answer = Client(enforce_csrf_checks=True).post(CALLBACK, fields)
    assert (answer.status_code, dict(answer.cookies)) == (303, {})


def callback_by_get(till: Till) -> None:
    """A redirect on the way ate the fields; the payer's money is not said to be lost, and comes back."""
    fields = till.pay()
    for address in (CALLBACK, CALLBACK + "?" + requests.compat.urlencode(fields)):
        assert Client().get(address).status_code == 200
    assert till.states() == [S.SENT]


def another_rows_number(till: Till) -> None:
    other = payments.start(make_order(make_stranger(), "شعبه بازار"), GATEWAY)
    assert till.back(SaleOrderId=str(other.order_number)).status_code == 404


def replayed_reference(till: Till) -> None:
    """A cheap receipt does not pay a dear order: the reference is spent."""
    other = payments.start(make_order(make_stranger(), "شعبه بازار"), GATEWAY)
    spent = till.bank.finish(other.token)
    browser_back(spent)
    attempt = till.send()
    own = {"RefId": attempt.token, "SaleOrderId": str(attempt.order_number)}
    assert browser_back({**spent, **own}).status_code == 404


def verify_lost(kind: str, **more: object) -> Callable[[Till], None]:
    def happens(till: Till) -> None:
        till.bank.fault("bpVerifyRequest", kind, **more)
        till.back()
        assert till.states() == [S.VERIFYING]

    return happens


def verify_says_43(till: Till) -> None:
    verify_lost("after")(till)
    till.clocks.passes(seconds=30)
    payments.resolve_due()
    assert ("bpVerifyRequest", "43") in till.calls()


def settle_says_45(till: Till) -> None:
    till.bank.fault("bpSettleRequest", "after")
    till.back()
    assert till.states() == [S.VERIFIED]
    till.clocks.passes(seconds=30)
    payments.resolve_due()
    assert ("bpSettleRequest", "45") in till.calls()


def settle_faults_three_times(till: Till) -> None:
    till.bank.fault("bpSettleRequest", "code", value="34", count=3)
    till.back()
    assert till.states() == [S.VERIFIED]


def code_48_after_the_window(till: Till) -> None:
    fields = till.pay()
    till.clocks.passes(minutes=21)
    browser_back(fields)


def cancelled_without_reference(till: Till) -> None:
    fields = till.pay(choice="cancel")
    assert fields["ResCode"] == "17"
    assert "SaleReferenceId" not in fields
    browser_back(fields)


def number_seen_before(till: Till) -> None:
    till.bank.fault("bpPayRequest", "code", value="41")
    till.back()


def address_not_registered(till: Till) -> None:
    till.bank.fault("bpPayRequest", "code", value="421")
    with pytest.raises(payments.StartFailed):
        till.send()


def wsdl_unreachable(till: Till) -> None:
    """The description of the service is our own copy: a fresh process needs none from the bank."""
    till.bank.fault("wsdl", "before", count=50)
    base._registry.made.clear()
    till.back()


def answer_of_nothing(till: Till) -> None:
    for operation in ("bpVerifyRequest", "bpSettleRequest"):
        till.bank.fault(operation, "empty")
    till.back()
    assert till.states() == [S.VERIFYING]


def late_callback(till: Till) -> None:
    """Within the bank's window, but after the portal gave the try up."""
    attempt = till.send()
    till.clocks.passes(minutes=31)
    payments.resolve_due()
    assert till.states() == [S.ABANDONED]
    browser_back(till.pay(attempt))


def two_paid_tries(till: Till) -> None:
    first, second = till.send(), till.send()
    browser_back(till.pay(first))
    browser_back(till.pay(second))


def two_paid_tries_the_first_unclear(till: Till) -> None:
    first, second = till.send(), till.send()
    till.bank.fault("bpVerifyRequest", "after", count=2)
    browser_back(till.pay(first))
    browser_back(till.pay(second))
    assert till.states() == [S.VERIFYING, S.RETURNED]


def final_amount_lower(till: Till) -> None:
    """The amount is ours; the bank's other word is kept for finance."""
    till.back(FinalAmount="1000")
    assert till.attempt is not None
    assert till.attempt.events.filter(kind="other_amount").exists()


def referer_missing(till: Till) -> None:
    page = f"{till.bank.url}/pgwchannel/startpay.mellat"
    assert requests.post(page, data={"RefId": till.send().token}, timeout=5).status_code == 400


def process_dies_before_verify(till: Till) -> None:
    """The web process recorded the callback and was gone; another one knows nothing but the database."""
    payments.receive_callback(GATEWAY, till.pay())
    base._registry.made.clear()
    clock.forget()
    assert till.states() == [S.RETURNED]


TABLE = [
    Pitfall("duplicate callback", duplicate_callback),
    Pitfall("duplicate callbacks in parallel", parallel_callbacks, in_threads=True),
    Pitfall("callback without cookies", callback_without_cookies),
    Pitfall("GET on the callback", callback_by_get, (S.ABANDONED,)),
    Pitfall("callback with another row's SaleOrderId", another_rows_number, (S.ABANDONED,)),
    Pitfall("replay of an old SaleReferenceId", replayed_reference, (S.ABANDONED,)),
    Pitfall("verify times out before it is done", verify_lost("delay", seconds=0.6, executed=False)),
    Pitfall("verify times out after it is done", verify_lost("delay", seconds=0.6)),
    Pitfall("verify is cut off before it is done", verify_lost("before")),
    Pitfall("verify is cut off after it is done", verify_lost("after")),
    Pitfall("verify answers 43", verify_says_43),
    Pitfall("settle answers 45", settle_says_45),
    Pitfall("settle faults three times, then 0", settle_faults_three_times),
    Pitfall("48 after 20 minutes", code_48_after_the_window, (S.REVERSED,)),
    Pitfall("cancel 17 without SaleReferenceId", cancelled_without_reference, (S.CANCELLED,)),
    Pitfall("41 on start", number_seen_before, (S.FAILED, S.SETTLED)),
    Pitfall("421 on start", address_not_registered, (S.FAILED,)),
    Pitfall("WSDL unreachable", wsdl_unreachable),
    Pitfall("an answer of nothing", answer_of_nothing),
    Pitfall("late callback after it was given up", late_callback),
    Pitfall("two paid tries for one order", two_paid_tries, (S.SETTLED, S.DUPLICATE)),
    Pitfall("two paid tries, the first unclear", two_paid_tries_the_first_unclear, (S.SETTLED, S.DUPLICATE)),
    Pitfall("FinalAmount lower", final_amount_lower),
    Pitfall("missing Referer refused", referer_missing, (S.ABANDONED,)),
    Pitfall("worker restarted between callback and verify", process_dies_before_verify),
]  # fmt: skip
COMMITTED = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=row.name, marks=[COMMITTED] if row.in_threads else []) for row in TABLE],
)
def test_each_pitfall_ends_with_the_banks_books_and_ours_in_agreement(
    till: Till, row: Pitfall
) -> None:
    row.happens(till)
    assert tuple(till.ends()) == row.end
    assert till.is_paid() == (S.SETTLED in row.end)
