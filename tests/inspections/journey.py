"""A request brought to any status by the verbs themselves."""

from datetime import datetime, timedelta

from accounts.models import User
from inspections import workflow
from inspections.models import RequestStatus, VisitReport, VisitRequest, VisitSlot
from septam import clock
from septam.clock import TEHRAN
from sites.models import Place
from tests.make import make_place
from tests.people import make_expert, make_owner

# Saturday 25 Farvardin 1403, 10 in the morning: no holiday is near.
START = datetime(2024, 4, 13, 10, tzinfo=TEHRAN)


class Journey:
    """One owner, one place, one expert, one manager, and the request that they share."""

    def __init__(self) -> None:
        self.owner: User = make_owner()
        self.place: Place = make_place(self.owner)
        assert self.place.laboratory is not None
        self.expert: User = make_expert(self.place.laboratory)
        self.manager: User = User.objects.create_user("lab-manager", is_staff=True)
        self.request: VisitRequest = workflow.open_request(self.place, self.owner)

    def pay(self) -> VisitRequest:
        """Into the queue."""
        workflow.mark_paid([self.request.pk], paid_at=clock.now())
        return self.fresh()

    def propose(self, starts_at: datetime | None = None) -> VisitSlot:
        """A time the day after tomorrow at 15:00 unless told otherwise."""
        return workflow.propose_time(
            self.request.pk, self.expert, starts_at or self.usual_time(), self.expert
        )

    def usual_time(self) -> datetime:
        """15:00 of the day after tomorrow."""
        day = clock.in_tehran(clock.now()) + timedelta(days=2)
        return day.replace(hour=15, minute=0, second=0, microsecond=0)

    def confirm(self, slot: VisitSlot) -> VisitSlot:
        """The owner accepts."""
        return workflow.confirm_time(slot.pk, self.owner)

    def draft(self, outcome: str = "conforming") -> VisitReport:
        """A report with its outcome, not handed in."""
        return VisitReport.objects.update_or_create(
            request=self.request, defaults={"expert": self.expert, "outcome": outcome, "level": 4}
        )[0]

    def fresh(self) -> VisitRequest:
        """The request as the database has it."""
        self.request.refresh_from_db()
        return self.request

    @property
    def status(self) -> str:
        """The status now."""
        return str(self.fresh().status)


def at_status(status: str, time_machine_now: object = None) -> Journey:
    """A journey whose request stands at `status`; the visit's day has come where it has to."""
    journey = Journey()
    _bring(journey, RequestStatus(status))
    assert journey.status == status
    return journey


def _bring(journey: Journey, status: RequestStatus) -> None:
    if status == RequestStatus.IN_CART:
        return
    journey.pay()
    if status == RequestStatus.CANCELLED:
        workflow.cancel(journey.request.pk, journey.manager, "test")
    if status in (RequestStatus.SCHEDULING, RequestStatus.CANCELLED):
        return
    slot = journey.propose()
    if status == RequestStatus.PROPOSED:
        return
    journey.confirm(slot)
    if status != RequestStatus.ACCEPTED:
        _visit(journey, slot, status)


def _visit(journey: Journey, slot: VisitSlot, status: RequestStatus) -> None:
    clock.move_to(slot.starts_at + timedelta(hours=1))
    outcomes = {RequestStatus.NONCONFORMING: "nonconforming", RequestStatus.NO_SHOW: "absent"}
    report = journey.draft(outcomes.get(status, "conforming"))
    workflow.submit_report(report.pk, journey.expert)
    if status in (RequestStatus.CERTIFIED, RequestStatus.NONCONFORMING):
        workflow.endorse(report.pk, journey.manager)
