"""Many writers, few experts: the database leaves no double booking; a check of our own would."""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from psycopg2.errors import DeadlockDetected

from accounts.models import User
from inspections import workflow
from inspections.workflow.times import _again_after_deadlock
from septam import clock
from tests.inspections.journey import START
from tests.make import make_laboratory, make_place
from tests.people import make_expert, make_owner

WRITERS, EXPERTS = 20, 5
FIRST = START + timedelta(days=2)
# Each overlaps its neighbours: a visit takes two hours with its way.
TIMES = [FIRST + timedelta(minutes=30 * step) for step in range(12)]
OVERLAPS = """
SELECT count(*) FROM {table} a JOIN {table} b
ON a.expert_id = b.expert_id AND a.id < b.id AND a.period && b.period
WHERE a.state IN ('proposed', 'accepted') AND b.state IN ('proposed', 'accepted')
"""


def in_threads(work: Callable[[int], None]) -> list[Exception]:
    """Run `work(0 … 19)` at once, each with a connection of its own; returns what was raised."""
    begin, raised = threading.Barrier(WRITERS), []

    def run(number: int) -> None:
        try:
            begin.wait(30)
            work(number)
        except Exception as problem:
            raised.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def overlaps(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS.format(table=table))
        return int(cursor.fetchone()[0])


def tries(number: int, experts: list[User]) -> list[tuple[User, datetime]]:
    """In which order a writer tries experts and times; the same in every run."""
    found = [(expert, time) for expert in experts for time in TIMES]
    random.Random(number).shuffle(found)
    return found[:15]


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_leave_no_expert_booked_twice() -> None:
    clock.move_to(START)
    experts = [make_expert(make_laboratory(), f"expert{n}") for n in range(EXPERTS)]
    requests = []
    for number in range(WRITERS):
        owner = make_owner(f"091200000{number:02}")
        requests.append(workflow.open_request(make_place(owner, f"محل {number}"), owner).pk)
    workflow.mark_paid(requests, paid_at=clock.now())
    refused = []

    def propose(number: int) -> None:
        for expert, time in tries(number, experts):
            try:
                workflow.propose_time(requests[number], expert, time, expert)
                return
            except workflow.DoubleBooked as refusal:
                refused.append(refusal)

    assert in_threads(propose) == []
    assert overlaps("inspections_visitslot") == 0
    assert refused, "the writers must have met"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deadlocks", [1, 2])
def test_a_deadlock_is_tried_once_more_and_no_more(deadlocks: int) -> None:
    left = [deadlocks]

    def work() -> str:
        if left[0]:
            left[0] -= 1
            raise OperationalError from DeadlockDetected()
        return "held"

    if deadlocks == 1:
        assert _again_after_deadlock(work) == "held"  # type: ignore[arg-type,comparison-overlap]
    else:
        with pytest.raises(OperationalError):
            _again_after_deadlock(work)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_control_a_check_before_the_insert_lets_double_bookings_through() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE scratch_slot (id serial, expert_id int, period tstzrange, state text)"
        )
    try:
        assert in_threads(_check_then_insert) == []
        assert overlaps("scratch_slot") > 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE scratch_slot")


def _check_then_insert(number: int) -> None:
    expert = number % EXPERTS
    period = [FIRST, FIRST + timedelta(hours=2)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM scratch_slot WHERE expert_id = %s AND period && tstzrange(%s, %s)",
            [expert, *period],
        )
        if cursor.fetchone() is None:
            cursor.execute("SELECT pg_sleep(0.05)")
            cursor.execute(
                "INSERT INTO scratch_slot (expert_id, period, state) VALUES (%s, tstzrange(%s, %s), 'proposed')",
                [expert, *period],
            )
