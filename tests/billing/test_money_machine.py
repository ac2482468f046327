"""Random days at three banks: whatever happens, what was paid is served and what is served was paid.

A run puts places into the cart, takes them out, checks out, begins one payment or several of one order, pays,
cancels, fails or stays away at the bank, comes back once, twice, late or with another's papers, edits places, has
prices changed, withdraws; experts visit and find larger or smaller places, whose «مابه‌التفاوت» is paid, sent back or left; the bank's line breaks, both clocks go on, together or a little apart, and the worker's
jobs run. Then everything is settled, and the bank's books are compared with the portal's (balance.py).

`make test` plays a few runs, `make prove` (profile «long») 2,000. The bank is the simulator without sockets
(in_process.py): the adapter's own bytes, at a third of the time.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import environ
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Role, User
from billing import completion, gateways, orders, payments
from billing.cart import cart_of
from billing.differences import deadline
from billing.gateways import Answer, Outcome, Step
from billing.gateways.behpardakht import Behpardakht
from billing.models import LineKind, Order, PaymentAttempt, Tariff
from billing.payments import confirming
from billing.transfers import proformas
from inspections import workflow
from inspections.models import VisitReport, VisitRequest
from septam import clock
from septam.bank_settings import all_gateways
from simulators.bank import serve
from sites.freezing import is_held
from sites.models import Place
from tests.billing.balance import differences, sales_of
from tests.billing.bank import GATEWAY, Bank, browser_back
from tests.billing.in_process import without_sockets
from tests.billing.passing_time import Clocks, unrest
from tests.make import make_laboratory, make_place
from tests.people import make_expert, make_owner, make_staff

EXAMPLES = {"long": 2000}.get(settings.get_current_profile_name(), 24)
SMALL, LARGE = Decimal("38.50"), Decimal("120.00")
# Answers that are lost, spoiled or unclear; a bank that lies is the matter of test_faults.py.
WRONG = ["before", "after", "http_502", "malformed", "empty", "34", "421", "987654"]
CONFIRMING = ["bpVerifyRequest", "bpSettleRequest", "zarinpal/verify", "ConfirmPaymentWithAmount"]
OPERATIONS = ["bpPayRequest", "zarinpal/request", "SalePaymentRequest", *CONFIRMING, "*", "*"]
BANKS = st.sampled_from([GATEWAY, GATEWAY, "zarinpal", "parsian"])
pick = st.integers(0, 5)


class MoneyMachine(RuleBasedStateMachine):
    """One owner with three places. Each run ends with a rollback, and with new books at the bank."""

    bank: Bank
    owner: User
    support: User
    expert: User
    manager: User
    places: list[Place]
    new_books: Callable[[], None]
    reached: set[str] = set()
    runs = 0

    def __init__(self) -> None:
        super().__init__()
        self.scope = transaction.atomic()
        # As the test's own transaction: what must be a transaction of its own may stand in it.
        self.scope._from_testcase = True
        self.scope.__enter__()
        self.new_books()
        self.clocks = Clocks(self.bank)
        self.pockets: list[tuple[str, dict[str, str]]] = []

    def teardown(self) -> None:
        """Settle everything and compare; leave nothing for the next run."""
        try:
            self.clocks.rest()
            self.reached |= set(PaymentAttempt.objects.values_list("state", flat=True))
            self.reached |= set(Order.objects.values_list("state", flat=True))
            due = Order.objects.filter(lines__kind=LineKind.DIFFERENCE)
            self.reached |= {f"difference {state}" for state in due.values_list("state", flat=True)}
            found = unrest() + differences(sales_of(self.bank.ledger()))
            assert not found, found
            type(self).runs += 1
            if self.runs % 250 == 0:
                print(f"{self.runs} runs agree; reached: {', '.join(sorted(self.reached))}")
        finally:
            transaction.set_rollback(True)
            self.scope.__exit__(None, None, None)
            clock.forget()

    def chosen(self, rows: Any, number: int) -> Any:
        """One of the newest rows."""
        found = list(rows.order_by("-pk")[:4])
        return found[number % len(found)] if found else None

    @initialize(count=st.integers(1, 3), tries=st.integers(0, 2), bank=BANKS)
    def begin(self, count: int, tries: int, bank: str) -> None:
        """Runs begin with a cart, and often on the way to the bank."""
        for number in range(count):
            self.into_cart(number)
        self.check_out(stale=False)
        for _try in range(tries):
            self.start(0, bank)

    @rule(number=pick)
    def into_cart(self, number: int) -> None:
        with suppress(workflow.NotAllowed, workflow.AlreadyOpen):
            workflow.open_request(self.places[number % len(self.places)], self.owner)

    @rule(number=pick)
    def out_of_cart(self, number: int) -> None:
        request = self.chosen(VisitRequest.objects.all(), number)
        if request is not None:
            with suppress(workflow.NotAllowed, orders.PaymentUnderWay):
                orders.remove(self.owner, request.number)

    @rule(stale=st.booleans())
    def check_out(self, stale: bool) -> None:
        total = cart_of(self.owner).payable_rial
        with suppress(orders.CartNotReady, orders.PriceChanged):
            orders.checkout(self.owner, total - 1 if stale else total)

    @rule(number=pick, bank=BANKS)
    def start(self, number: int, bank: str) -> None:
        """Of any order, also a second time beside a payment that stands at the bank."""
        order = self.chosen(Order.objects.all(), number)
        if order is not None:
            with suppress(payments.CannotStart, payments.StartFailed, orders.PriceChanged):
                payments.start(order, bank)

    @rule(number=pick, choice=st.sampled_from(["pay", "pay", "pay", "cancel", "fail"]))
    def at_the_bank(self, number: int, choice: str) -> None:
        """The way back stays in a pocket: it is gone at once, late, twice or never."""
        attempt = self.chosen(PaymentAttempt.objects.exclude(token=""), number)
        if attempt is not None:
            # The bank's page is not shown a second time.
            with suppress(IndexError):
                form = gateways.gateway(attempt.gateway).form(attempt.token, "")
                self.pockets.append((attempt.gateway, self.bank.walk(form, choice)))

    @precondition(lambda self: self.pockets)
    @rule(number=pick, copies=st.integers(1, 2))
    def come_back(self, number: int, copies: int) -> None:
        bank, fields = self.pockets[-1 - number % len(self.pockets)]
        for _copy in range(copies):
            assert browser_back(fields, bank).status_code == 303

    @rule(choice=st.sampled_from(["pay", "pay", "pay", "cancel"]), bank=BANKS)
    def pay_at_once(self, choice: str, bank: str) -> None:
        """What most people do, so that runs get far."""
        self.check_out(stale=False)
        self.start(0, bank)
        self.at_the_bank(0, choice)
        if self.pockets:
            self.come_back(0, 1)

    @rule()
    def pay_all_tries(self) -> None:
        """In two tabs, or at two banks."""
        before = len(self.pockets)
        for number in range(2):
            self.at_the_bank(number, "pay")
        for bank, fields in self.pockets[before:]:
            assert browser_back(fields, bank).status_code == 303

    @rule(one=pick, other=pick, keep=st.integers(0, 3))
    def come_back_with_anothers_papers(self, one: int, other: int, keep: int) -> None:
        """Only the field `keep` is one's own: nothing may come of it but the other's own payment, or nothing."""
        if not self.pockets:
            return
        (bank, mine), (their_bank, theirs) = (
            self.pockets[-1 - number % len(self.pockets)] for number in (one, other)
        )
        if bank == their_bank:
            name = list(mine)[keep % len(mine)]
            assert browser_back({**theirs, name: mine[name]}, bank).status_code in (303, 404)

    @rule(
        operation=st.sampled_from(OPERATIONS),
        kind=st.sampled_from(WRONG),
        count=st.integers(1, 3),
        done=st.booleans(),
    )
    def line_breaks(self, operation: str, kind: str, count: int, done: bool) -> None:
        if kind.isdigit():
            self.bank.fault(operation, "code", value=kind, executed=done, count=count)
        else:
            self.bank.fault(operation, kind, count=count)

    @rule(operation=st.sampled_from(CONFIRMING), kind=st.sampled_from(["before", "after"]))
    def line_stays_broken(self, operation: str, kind: str) -> None:
        self.bank.fault(operation, kind, count=60)

    @rule(minutes=st.sampled_from([0.5, 1, 6, 16, 31, 200, 60 * 24 * 8]))
    def time_passes(self, minutes: float) -> None:
        self.clocks.passes(minutes=minutes)

    @rule(seconds=st.sampled_from([-90, 60, 180]))
    def clocks_part(self, seconds: int) -> None:
        """The bank's clock alone."""
        self.clocks.ahead += seconds
        self.bank.move_clock(self.clocks.ahead)

    @precondition(lambda self: self.pockets)
    @rule(number=pick)
    def come_back_late(self, number: int) -> None:
        """After the bank's window, and after the portal gave the try up."""
        self.clocks.passes(minutes=31)
        self.jobs_run()
        self.come_back(number, 1)

    @rule(number=pick, bank=BANKS)
    def begin_anew_after_the_cart_lapsed(self, number: int, bank: str) -> None:
        """A payment of the old order may still come, for a place that has another request now."""
        self.clocks.passes(days=8)
        self.jobs_run()
        self.into_cart(number)
        self.start(0, bank)
        self.at_the_bank(0, "pay")

    @rule()
    def jobs_run(self) -> None:
        payments.resolve_due()
        payments.find_unconfirmed()
        orders.lapse_carts()
        proformas.run()
        deadline.run()

    @rule(number=pick, measured=st.sampled_from([LARGE, SMALL]))
    def is_visited(self, number: int, measured: Decimal) -> None:
        """A place that was paid for; the laboratory stands by the report at once."""
        request = self.chosen(VisitRequest.objects.filter(status="scheduling"), number)
        if request is None:
            return
        day = clock.in_tehran(clock.now()) + timedelta(days=2)
        starts = day.replace(hour=15, minute=0, second=0, microsecond=0)
        slot = workflow.propose_time(request.pk, self.expert, starts, self.expert, "آزمون")
        workflow.confirm_time(slot.pk, self.owner)
        self.clocks.passes(seconds=(starts - clock.now()).total_seconds() + 3600)
        report = VisitReport.objects.create(
            request=request, expert=self.expert, outcome="conforming", level=4, measured_area=measured,
            true_category=request.place.category,
        )  # fmt: skip
        workflow.submit_report(report.pk, self.expert)
        workflow.endorse(report.pk, self.manager)

    @rule(bank=BANKS, then=st.sampled_from(["paid", "paid late", "sent back", "left"]))
    def costs_more_than_was_paid(self, bank: str, then: str) -> None:
        """The way there is long, so that chance alone would hardly find it."""
        self.pay_at_once("pay", bank)
        self.is_visited(0, LARGE)
        due = Order.objects.filter(state="open", lines__kind=LineKind.DIFFERENCE).first()
        if due is None:
            return
        if then.startswith("paid"):
            with suppress(payments.CannotStart, payments.StartFailed):
                payments.start(due, bank)
                self.at_the_bank(0, "pay")
        if then == "sent back":
            with suppress(workflow.NotAllowed):
                workflow.send_back(due.lines.get().request.report.pk, self.manager, "دوباره")
        if then != "paid":
            self.clocks.passes(days=31)
            self.jobs_run()
        if self.pockets:
            self.come_back(0, 1)

    @rule(number=pick)
    def edit_place(self, number: int) -> None:
        """As the form does: not while it is frozen or being paid for."""
        place = Place.objects.get(pk=self.places[number % len(self.places)].pk)
        if not place.frozen and not is_held(place):
            place.area = LARGE if place.area == SMALL else SMALL
            place.save(update_fields=["area"])

    @rule(price=st.sampled_from([0, 1, 999, 6_360_000, 7_000_001]))
    def price_changes(self, price: int) -> None:
        Tariff.objects.filter(area__startswith=0).update(price_rial=price)

    @rule(number=pick, by_support=st.booleans())
    def give_up(self, number: int, by_support: bool) -> None:
        request = self.chosen(VisitRequest.objects.exclude(paid_at=None), number)
        if request is not None:
            with suppress(workflow.NotAllowed):
                if by_support:
                    workflow.cancel(request.pk, self.support, "دلیل")
                else:
                    workflow.withdraw(request.pk, self.owner)


def _two_bands() -> None:
    """A small place and a large one cost differently."""
    Tariff.objects.update(area=(Decimal(0), Decimal(100)))
    for tariff in list(Tariff.objects.all()):
        tariff.pk, tariff.area, tariff.price_rial = None, (Decimal(100), None), 9_000_000
        tariff.save(force_insert=True)


@pytest.fixture
def machine(db: None, tmp_path: Any, settings: Any) -> Iterator[type[MoneyMachine]]:
    """The machine before a bank of its own, without sockets."""
    server = serve(data=tmp_path)
    simulator: Any = server.simulator
    settings.GATEWAYS = all_gateways(environ.Env(), server.url, production=False)
    settings.GATEWAYS_ON = list(settings.GATEWAYS)

    def new_books() -> None:
        with simulator._store.transaction() as database:
            for table in ("sales", "calls", "faults"):
                database.execute(f"DELETE FROM {table}")
        simulator._control.clock.move(0)

    class OwnMachine(MoneyMachine):
        bank = Bank(server.url)
        owner = make_owner()
        support = make_staff(Role.SUPPORT)
        expert = make_expert(make_laboratory())
        manager = make_staff(Role.LAB_MANAGER, make_laboratory())
        reached: set[str] = set()

    OwnMachine.new_books = staticmethod(new_books)
    OwnMachine.places = [make_place(OwnMachine.owner, f"شعبه {number}") for number in range(3)]
    _two_bands()
    with without_sockets(server.url, simulator):
        yield OwnMachine
    server.stop()


def play(machine: type[MoneyMachine], examples: int, **more: Any) -> None:
    limits = settings(
        max_examples=examples, stateful_step_count=14, deadline=None, database=None,
        print_blob=False, suppress_health_check=list(HealthCheck), **more,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=limits)


@pytest.mark.slow
@pytest.mark.parametrize("half", [1, 2])
def test_whatever_happens_what_is_paid_is_served_and_what_is_served_is_paid(
    machine: type[MoneyMachine], half: int
) -> None:
    play(machine, EXAMPLES // 2)
    wanted = {"settled", "paid"}
    if EXAMPLES > 1000:
        wanted |= {
            "duplicate",
            "failed",
            "cancelled",
            "abandoned",
            "reversed",
            "needs_review",
            "paid_unplaced",
            "difference paid",
            "difference cancelled",
        }
    assert machine.reached >= wanted, f"too tame a run: {machine.reached}"


def settle_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Behpardakht.confirm

    def confirm(gateway: Any, sale: Any, step: Step) -> Answer:
        return Answer(Outcome.PAID, "0") if step == Step.SETTLE else asked(gateway, sale, step)

    monkeypatch.setattr(Behpardakht, "confirm", confirm)


def money_is_taken_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is paid, the requests stay in the cart."""
    requests = completion._requests
    monkeypatch.setattr(
        completion, "_place", lambda request_ids, paid_at, telling: requests(request_ids)
    )


def second_payments_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bank is asked about every try, and what comes twice is nobody's."""
    of = confirming.standing.of
    monkeypatch.setattr(
        confirming.standing, "of", lambda attempt: of(attempt)._replace(is_paid=False)
    )
    monkeypatch.setattr(confirming.refunds, "open_for_duplicate", lambda attempt: None)


def a_difference_is_paid_for_no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion.workflow, "certify_paid", lambda request_id: True)


FAULTS = [
    a_difference_is_paid_for_no_certificate,
    settle_is_forgotten,
    money_is_taken_for_nothing,
    second_payments_are_kept,
]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_finds_a_planted_fault(
    machine: type[MoneyMachine],
    fault: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: a proof that cannot fail proves nothing."""
    fault(monkeypatch)
    with pytest.raises(BaseException) as found:
        play(machine, 200, phases=[Phase.generate])
    assert "too tame" not in str(found.value)
