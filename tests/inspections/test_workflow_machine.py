"""Random people say random verbs in any order: no illegal state, no gap in the story."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from inspections import workflow
from inspections.models import Certificate, RequestEvent, VisitReport, VisitRequest, VisitSlot
from inspections.models.requests import FINAL, PAID_OPEN
from inspections.models.visits import HOLDING
from septam import clock
from sites.models import Place
from tests.inspections.journey import START, Journey

STEPS = workflow.TRANSITIONS.values()
LEGAL = {(source, step.target or source) for step in STEPS for source in step.sources} | {
    ("", "in_cart")
}
# Where a run must have been to say anything.
STEPS_OF_PROOF, MANY = 5_000, 800
WANTED = {"cancelled", "proposed", "accepted", "visited", "certified"}


class RequestMachine(RuleBasedStateMachine):
    """One place and everybody who may act on its requests. Each run ends with a rollback."""

    journey: Journey
    reached: set[str] = set()
    said = 0

    def __init__(self) -> None:
        super().__init__()
        self.scope = transaction.atomic()
        self.scope.__enter__()
        clock.move_to(START)

    def teardown(self) -> None:
        """Leave nothing for the next run."""
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)
        self.journey.fresh()
        clock.forget()

    @property
    def request(self) -> VisitRequest:
        return VisitRequest.objects.filter(place=self.journey.place).latest("pk")

    def say(self, verb: Callable[[], object]) -> None:
        """A refusal is an answer too; it must change nothing, which the invariants hold."""
        RequestMachine.said += 1
        try:
            with transaction.atomic():
                verb()
        except workflow.NotAllowed:
            pass

    def say_of_slot(self, verb: Callable[..., object]) -> None:
        slot = VisitSlot.objects.filter(request=self.request).order_by("-pk").first()
        if slot is not None:
            self.say(lambda: verb(slot.pk, self.journey.owner))

    @rule()
    def open(self) -> None:
        self.say(lambda: workflow.open_request(self.journey.place, self.journey.owner))

    @rule(outcome=st.sampled_from(["conforming", "conforming", "nonconforming", "absent"]))
    def go_on(self, outcome: str) -> None:
        """What leads on from here, so that runs get far."""
        status = self.request.status
        if status == "in_cart":
            self.pay(0)
        elif status == "scheduling":
            self.propose_well()
        elif status == "proposed":
            self.confirm()
        elif status == "accepted":
            self.time_passes(48)
            self.report(outcome)
        elif status == "visited":
            self.answer_report(back=False)
        else:
            self.open()

    @initialize(steps=st.integers(0, 6), outcome=st.sampled_from(["conforming", "nonconforming"]))
    def begin_somewhere(self, steps: int, outcome: str) -> None:
        """Runs begin anywhere between the cart and the result."""
        for _ in range(steps):
            self.go_on(outcome)

    @rule()
    def remove(self) -> None:
        self.say(lambda: workflow.take_out_of_cart(self.request.pk, self.journey.owner, "removed"))

    @rule(pick=st.integers(0, 5))
    def pay(self, pick: int) -> None:
        found = list(VisitRequest.objects.filter(place=self.journey.place).order_by("-pk"))
        chosen = found[min(pick, len(found) - 1)]
        self.say(lambda: workflow.mark_paid([chosen.pk], paid_at=clock.now()))

    @rule(outcome=st.sampled_from(["tried", "no_answer", "agreed"]))
    def call(self, outcome: str) -> None:
        self.say(lambda: workflow.log_call(self.request.pk, self.journey.expert, outcome))

    @rule(days=st.integers(0, 8), hour=st.integers(0, 23), reason=st.sampled_from(["", "ضروری"]))
    def propose(self, days: int, hour: int, reason: str) -> None:
        day = clock.in_tehran(clock.now()) + timedelta(days=days)
        time = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        expert = self.journey.expert
        self.say(lambda: workflow.propose_time(self.request.pk, expert, time, expert, reason))

    @rule()
    def propose_well(self) -> None:
        time, expert = self.journey.usual_time(), self.journey.expert
        self.say(lambda: workflow.propose_time(self.request.pk, expert, time, expert, "ضروری"))

    @rule()
    def confirm(self) -> None:
        self.say_of_slot(workflow.confirm_time)

    @rule()
    def decline(self) -> None:
        self.say_of_slot(workflow.decline_time)

    @rule(
        verb=st.sampled_from(
            [workflow.withdraw, workflow.ask_another_time, workflow.report_missed_visit]
        )
    )
    def owner_gives_up(self, verb: Callable[..., object]) -> None:
        self.say(lambda: verb(self.request.pk, self.journey.owner))

    @rule(verb=st.sampled_from([workflow.cancel, workflow.reschedule]))
    def office_gives_up(self, verb: Callable[..., object]) -> None:
        self.say(lambda: verb(self.request.pk, self.journey.manager, "دلیل"))

    @rule(outcome=st.sampled_from(["", "conforming", "nonconforming", "absent", "withheld"]))
    def report(self, outcome: str) -> None:
        request = self.request
        report, _new = VisitReport.objects.get_or_create(
            request=request, defaults={"expert": self.journey.expert, "level": 4}
        )
        if report.state in ("draft", "sent_back"):
            VisitReport.objects.filter(pk=report.pk).update(outcome=outcome)
        self.say(lambda: workflow.submit_report(report.pk, self.journey.expert))

    @rule(back=st.booleans())
    def answer_report(self, back: bool) -> None:
        report = VisitReport.objects.filter(request=self.request).first()
        if report is not None and back:
            self.say(lambda: workflow.send_back(report.pk, self.journey.manager, "کامل نیست"))
        elif report is not None:
            self.say(lambda: workflow.endorse(report.pk, self.journey.manager))

    @rule(hours=st.sampled_from([1, 20, 48, 24 * 40]))
    def time_passes(self, hours: int) -> None:
        clock.move_to(clock.now() + timedelta(hours=hours))
        workflow.lapse_proposals()

    @invariant()
    def the_story_is_complete(self) -> None:
        for request in VisitRequest.objects.filter(place=self.journey.place):
            events = list(RequestEvent.objects.filter(request=request))
            chain = [(e.from_status, e.to_status) for e in events]
            assert [after[0] for after in chain[1:]] == [before[1] for before in chain[:-1]]
            assert chain[-1][1] == request.status
            assert set(chain) <= LEGAL

    @invariant()
    def only_the_right_things_stand_together(self) -> None:
        requests = list(VisitRequest.objects.filter(place=self.journey.place))
        assert sum(r.status not in FINAL for r in requests) <= 1
        for request in requests:
            self.reached.add(request.status)
            held = VisitSlot.objects.filter(request=request, state__in=HOLDING).values_list(
                "state", flat=True
            )
            assert list(held) == (
                [request.status] if request.status in ("proposed", "accepted") else []
            )
            certified = Certificate.objects.filter(request=request).exists()
            assert certified == (request.status == "certified")
            assert request.paid_at is not None or request.status in ("in_cart", "cancelled")
        frozen = Place.objects.values_list("frozen", flat=True).get(pk=self.journey.place.pk)
        assert frozen == any(r.status in PAID_OPEN for r in requests)


@pytest.mark.slow
@pytest.mark.usefixtures("at_start")
def test_no_order_of_verbs_leads_to_an_illegal_state() -> None:
    RequestMachine.journey, RequestMachine.said = Journey(), 0
    # `make prove` says as many verbs as the promise names; every run of the tests a tenth of them.
    is_long = settings.default is not None and settings.default.max_examples > MANY
    limits = settings(
        max_examples=MANY if is_long else 60, stateful_step_count=8, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    # Chance may keep one run away from the end; then it goes on with others.
    for _run in range(4):
        run_state_machine_as_test(RequestMachine, settings=limits)
        if RequestMachine.reached >= WANTED and (
            not is_long or RequestMachine.said >= STEPS_OF_PROOF
        ):
            break
    assert RequestMachine.reached >= WANTED, "too tame a run"
    assert not is_long or RequestMachine.said >= STEPS_OF_PROOF
    print(f"{RequestMachine.said:,} verbs were said")
