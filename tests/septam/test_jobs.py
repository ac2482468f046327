"""Periodic jobs: run once however many workers there are, again when they failed, and never stuck by a clock."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from septam import clock, jobs
from septam.models import Job

EVERY = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_registry", {})


@pytest.fixture
def runs() -> list[int]:
    """One entry each time the job «tick» ran."""
    done: list[int] = []
    jobs.register("tick", EVERY, lambda: done.append(len(done)))
    return done


def later(span: timedelta) -> None:
    clock.move_to(clock.now() + span)


def two_workers(turn: Callable[[], Any], turns: int) -> None:
    """Two threads that do as many turns, each begun together."""
    gate = threading.Barrier(2)

    def work(_number: int) -> None:
        try:
            for _turn in range(turns):
                gate.wait(timeout=30)
                turn()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))


def test_a_job_runs_when_it_is_due_and_not_before(runs: list[int]) -> None:
    assert [jobs.run_due(), jobs.run_due()] == [1, 0]
    later(EVERY)
    assert jobs.run_due() == 1
    assert len(runs) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_run_a_job_once(runs: list[int]) -> None:
    for _time in range(15):
        Job.objects.update(due_at=clock.now() - EVERY)
        before = len(runs)
        two_workers(jobs.run_due, 1)
        assert len(runs) == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_read_the_clock_before_the_others_claim_does_not_run_the_job_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The slower worker is stopped between its reading of the clock and its claim; the lease looks far ahead."""
    ran: list[str] = []
    started, may_end = threading.Event(), threading.Event()

    def slow_work() -> None:
        ran.append(threading.current_thread().name)
        started.set()
        may_end.wait(timeout=30)

    def first_worker() -> None:
        jobs.run_due()
        connection.close()

    jobs.register("tick", EVERY, slow_work)
    jobs._rows()
    late = clock.machine_now() - timedelta(seconds=1)
    first = threading.Thread(target=first_worker)
    first.start()
    assert started.wait(timeout=30)
    monkeypatch.setattr(clock, "machine_now", lambda: late)
    try:
        assert jobs.run_due() == 0
    finally:
        may_end.set()
        first.join(timeout=30)
    assert len(ran) == 1


def test_a_failing_job_is_noted_and_tried_again_when_it_is_due() -> None:
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise ValueError("no paper")

    jobs.register("tick", EVERY, fail)
    assert [jobs.run_due(), jobs.run_due()] == [1, 0]
    row = Job.objects.get()
    assert row.last_error == "ValueError: no paper"
    assert row.leased_until is None
    later(EVERY)
    jobs.run_due()
    assert len(tries) == 2


def test_one_failing_job_does_not_stop_the_others(runs: list[int]) -> None:
    jobs.register("broken", EVERY, lambda: 1 / 0)
    jobs._registry = dict(reversed(jobs._registry.items()))
    assert jobs.run_due() == 2
    assert len(runs) == 1


def test_a_dead_workers_job_is_taken_over_when_its_lease_is_over(runs: list[int]) -> None:
    jobs._rows()
    Job.objects.update(leased_until=clock.machine_now() + timedelta(minutes=5))
    assert jobs.run_due() == 0
    Job.objects.update(leased_until=clock.machine_now() - timedelta(seconds=1))
    assert jobs.run_due() == 1


def test_a_job_is_not_kept_waiting_by_a_clock_that_was_moved_back(runs: list[int]) -> None:
    later(timedelta(days=700))
    jobs.run_due()
    later(timedelta(days=-700))
    Job.objects.update(leased_until=clock.now() + timedelta(days=700))
    assert jobs.run_due() == 1


def test_moving_the_clock_ahead_does_not_free_a_job_that_is_running(runs: list[int]) -> None:
    jobs._rows()
    Job.objects.update(leased_until=clock.machine_now() + timedelta(minutes=4))
    later(timedelta(days=30))
    assert jobs.run_due() == 0


def test_a_worker_that_outlived_its_lease_leaves_the_next_ones_alone(runs: list[int]) -> None:
    theirs = clock.machine_now() + timedelta(minutes=5)
    jobs.register(
        "slow", EVERY, lambda: Job.objects.filter(name="slow").update(leased_until=theirs)
    )
    jobs.run_due()
    assert Job.objects.get(name="slow").leased_until == theirs
