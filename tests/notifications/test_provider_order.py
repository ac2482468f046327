"""Which provider is asked first, and which one rests: what one worker learns, all know."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from notifications import circuit
from notifications.providers import registry
from notifications.providers.base import (
    AlarmError,
    ProviderError,
    RefusedError,
    RetryError,
    UnknownOutcomeError,
)
from septam import clock

pytestmark = pytest.mark.django_db
BOTH = ("kavenegar", "smsir")


@pytest.fixture(autouse=True)
def both(settings: Settings) -> None:
    settings.SMS_PROVIDERS = list(BOTH)
    circuit.forget()


def after(*problems: ProviderError | None) -> tuple[str, ...]:
    for problem in problems:
        if problem is None or isinstance(problem, RefusedError):
            circuit.answered("kavenegar")
        else:
            circuit.failed("kavenegar", problem)
    return circuit.available()


def at(monkeypatch: pytest.MonkeyPatch, **later: float) -> None:
    moment = clock.machine_now() + timedelta(**later)
    monkeypatch.setattr(clock, "machine_now", lambda: moment)


def test_the_order_is_that_of_the_settings(settings: Settings) -> None:
    assert circuit.available() == BOTH
    settings.SMS_PROVIDERS = ["smsir", "kavenegar"]
    assert circuit.available() == ("smsir", "kavenegar")
    assert registry.provider("smsir").name == "smsir"
    assert registry.provider("smsir") is registry.provider("smsir")


def test_a_provider_that_fails_three_times_in_a_row_rests_for_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = UnknownOutcomeError("no-answer")
    assert after(lost, lost) == BOTH
    assert after(lost) == ("smsir",)
    at(monkeypatch, seconds=61)
    assert circuit.available() == BOTH


def test_failures_while_others_have_good_answers_stop_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = RetryError("no-connection")
    assert after(None, lost, lost, lost, lost) == BOTH
    at(monkeypatch, seconds=16)
    assert after(lost) == ("smsir",)


@pytest.mark.parametrize(
    "problem", [AlarmError("418"), RetryError("451", pause=timedelta(minutes=10))]
)
def test_no_credit_and_a_shut_door_let_it_rest_at_once(problem: ProviderError) -> None:
    assert after(None, problem) == ("smsir",)


@pytest.mark.parametrize("problem", [RefusedError("411"), AlarmError("424", one_kind=True)])
def test_a_fault_of_the_message_is_none_of_the_provider(problem: ProviderError) -> None:
    assert after(problem, problem, problem, problem) == BOTH


def test_a_rest_from_a_clock_that_was_put_right_since_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after(AlarmError("418"))
    at(monkeypatch, days=-400)
    assert circuit.available() == BOTH


@pytest.mark.django_db(transaction=True)
def test_failures_of_several_workers_at_once_are_all_counted() -> None:
    def fail() -> None:
        circuit.failed("kavenegar", UnknownOutcomeError("no-answer"))
        connection.close()

    workers = [threading.Thread(target=fail) for _number in range(circuit.TOLERATED)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert circuit.available() == ("smsir",)
