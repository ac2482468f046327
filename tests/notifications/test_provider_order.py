"""Which provider is asked first, and which one rests."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from notifications.providers import registry
from notifications.providers.base import (
    AlarmError,
    ProviderError,
    RefusedError,
    RetryError,
    UnknownOutcomeError,
)
from septam import clock

BOTH = ("kavenegar", "smsir")


@pytest.fixture(autouse=True)
def both(settings: Settings) -> None:
    settings.SMS_PROVIDERS = list(BOTH)
    registry.forget()


def after(*problems: ProviderError | None) -> tuple[str, ...]:
    for problem in problems:
        registry.note("kavenegar", problem)
    return registry.in_order()


def test_the_order_is_that_of_the_settings(settings: Settings) -> None:
    assert registry.in_order() == BOTH
    settings.SMS_PROVIDERS = ["smsir", "kavenegar"]
    assert registry.in_order() == ("smsir", "kavenegar")
    assert registry.provider("smsir").name == "smsir"
    assert registry.provider("smsir") is registry.provider("smsir")


def test_a_provider_that_fails_three_times_in_a_row_is_asked_last_for_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = UnknownOutcomeError("no-answer")
    assert after(lost, lost) == BOTH
    assert after(None, lost, lost) == BOTH
    assert after(lost) == ("smsir", "kavenegar")
    later = clock.machine_now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    assert registry.in_order() == BOTH


@pytest.mark.parametrize(
    "problem", [AlarmError("418"), RetryError("451", pause=timedelta(minutes=10))]
)
def test_no_credit_and_a_shut_door_let_it_rest_at_once(problem: ProviderError) -> None:
    assert after(problem) == ("smsir", "kavenegar")


@pytest.mark.parametrize("problem", [RefusedError("411"), AlarmError("424", one_kind=True)])
def test_a_fault_of_the_message_is_none_of_the_provider(problem: ProviderError) -> None:
    assert after(problem, problem, problem, problem) == BOTH


def test_where_all_rest_the_preferred_one_is_asked_first() -> None:
    for name in BOTH:
        registry.note(name, AlarmError("403"))
    assert registry.in_order() == BOTH
