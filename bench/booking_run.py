"""Twenty writers propose visit times for five experts, with the portal's guards and without; prints JSON.

python -m bench.booking_run TRIALS ATTEMPTS

With guards it is the verb of the portal as it is. The control is the same verb in whose place of the constraint and
the lock on the expert stands what an application would do by itself: look whether the time is free, then write.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import django

django.setup()

from django.db import connection

from accounts.models import Role, StaffAssignment, User
from bench.seed import buyer
from inspections import workflow
from inspections.models import (
    CriteriaSet,
    RequestEvent,
    RequestStatus,
    VisitRequest,
    VisitSlot,
)
from inspections.models.visits import HOLDING
from inspections.visits import slots
from inspections.workflow import times
from notifications.models import Notice, SmsMessage
from septam import clock
from sites.models import Laboratory, Place

WRITERS, EXPERTS, DAYS = 20, 5, 10
CONSTRAINT = "expert_not_double_booked"
_DOUBLES = """
SELECT count(*) FROM inspections_visitslot a JOIN inspections_visitslot b
ON a.expert_id = b.expert_id AND a.id < b.id AND a.period && b.period
WHERE a.state IN ('proposed', 'accepted') AND b.state IN ('proposed', 'accepted')
"""


@dataclass
class Trial:
    """What came of one trial; `errors` are neither bookings nor refusals and must be none."""

    guarded: bool
    attempts: int
    booked: int
    refused: int
    errors: int
    doubles: int
    seconds: float


def sql(statement: str) -> list[tuple[object, ...]]:
    """The rows of a statement, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def make_experts() -> list[User]:
    """Experts of the laboratory that the bench's places chose."""
    laboratory = Laboratory.objects.order_by("pk")[0]
    found = []
    for _number in range(EXPERTS):
        name = f"bench-expert-{User.objects.count()}"
        user = User.objects.create_user(name, None, is_staff=True)
        StaffAssignment.objects.create(
            user=user, role=Role.EXPERT, laboratory=laboratory, code=str(90_000 + user.pk)[:8]
        )
        found.append(user)
    return found


def make_requests(count: int) -> list[int]:
    """Paid requests that wait for a time, each of a place of its own."""
    first, each = User.objects.count(), count // WRITERS
    places = [pk for n in range(WRITERS) for pk in buyer(first + n, each)["places"]]  # type: ignore[attr-defined]
    criteria, now = CriteriaSet.objects.order_by("pk")[0], clock.now()
    made = VisitRequest.objects.bulk_create(
        VisitRequest(
            number=f"9{place.pk:011}", place=place, owner_id=place.owner_id, status=RequestStatus.SCHEDULING,
            criteria_set=criteria, criteria_accepted_at=now, laboratory_id=place.laboratory_id,
            province_id=place.city.province_id, city_id=place.city_id, snapshot={"title": place.title},
            created_at=now, paid_at=now, status_changed_at=now,
        )
        for place in Place.objects.filter(pk__in=places).select_related("city")
    )  # fmt: skip
    return [request.pk for request in made]


def forget(requests: list[int]) -> None:
    """Everything as before the first trial."""
    VisitSlot.objects.filter(request_id__in=requests).delete()
    RequestEvent.objects.filter(request_id__in=requests).delete()
    SmsMessage.objects.filter(event__startswith="visit.").delete()
    Notice.objects.filter(event__startswith="visit.").delete()
    VisitRequest.objects.filter(pk__in=requests).update(
        status=RequestStatus.SCHEDULING, assigned_expert=None
    )


@contextmanager
def without_guards() -> Iterator[None]:
    """No constraint and no lock on the expert: a look, then the insert."""
    definition = (
        f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{CONSTRAINT}'"
    )
    text = sql(definition)[0][0]
    kept = slots.hold, times._queue_for
    sql(f"ALTER TABLE inspections_visitslot DROP CONSTRAINT {CONSTRAINT}")
    slots.hold, times._queue_for = _look_then_insert, lambda expert: None
    try:
        yield
    finally:
        slots.hold, times._queue_for = kept
        VisitSlot.objects.filter(state__in=HOLDING).delete()
        sql(f"ALTER TABLE inspections_visitslot ADD CONSTRAINT {CONSTRAINT} {text}")


def _look_then_insert(
    request: VisitRequest, expert: User, starts_at: datetime, reason: str = "", viewer: User | None = None
) -> VisitSlot:  # fmt: skip
    period = slots.period_of(starts_at)
    if slots.overlapping(expert, period).exists():
        raise workflow.DoubleBooked("taken")
    return VisitSlot.objects.create(
        request=request, expert=expert, starts_at=starts_at, period=period, override_reason=reason,
        created_at=clock.now(),
    )  # fmt: skip


def trial(number: int, requests: list[int], experts: list[User], *, guarded: bool) -> Trial:
    """All writers at once, each with its own share of the requests; the same attempts with and without guards."""
    forget(requests)
    begin = threading.Barrier(WRITERS + 1)
    came: list[str] = []
    threads = [
        threading.Thread(
            target=_write, args=(begin, requests[n::WRITERS], experts, (number, n), came)
        )
        for n in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    begin.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    count = {word: came.count(word) for word in ("booked", "refused", "error")}
    doubles = int(str(sql(_DOUBLES)[0][0]))
    return Trial(
        guarded, len(came), count["booked"], count["refused"], count["error"], doubles, seconds
    )


def _write(
    begin: threading.Barrier,
    requests: list[int],
    experts: list[User],
    seed: object,
    came: list[str],
) -> None:
    dice = random.Random(str(seed))
    first = clock.in_tehran(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0)
    try:
        connection.ensure_connection()
        begin.wait()
        for request_id in requests:
            day, half_hours = dice.randint(2, 1 + DAYS), dice.randint(0, 21)
            starts_at = first + timedelta(days=day, minutes=30 * half_hours)
            came.append(_attempt(request_id, dice.choice(experts), starts_at))
    finally:
        connection.close()


def _attempt(request_id: int, expert: User, starts_at: datetime) -> str:
    try:
        # With a reason, so that weekends and holidays are times like others.
        workflow.propose_time(request_id, expert, starts_at, expert, "bench")
    except workflow.DoubleBooked:
        return "refused"
    except Exception as problem:
        print(repr(problem), file=sys.stderr)
        return "error"
    return "booked"


def main(trials: int, attempts: int) -> list[dict[str, object]]:
    """One trial with guards and one without in turn, so that both meet the same machine."""
    experts, requests = make_experts(), make_requests(attempts)
    found = []
    for number in range(trials):
        found.append(asdict(trial(number, requests, experts, guarded=True)))
        with without_guards():
            found.append(asdict(trial(number, requests, experts, guarded=False)))
    forget(requests)
    return found


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:3]))))
