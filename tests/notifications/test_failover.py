"""When a provider fails: who is asked next, what is never repeated, and what is found again by our own id."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from notifications import outbox, sending, sweeping
from notifications.models import SmsMessage, SmsProviderState, SmsState
from notifications.providers import registry
from notifications.providers.base import (
    AlarmError,
    Delivery,
    ProviderError,
    RefusedError,
    RetryError,
    UnknownOutcomeError,
)
from septam import clock
from tests.notifications.fakes import FakeProvider
from tests.notifications.test_outbox import MOBILE, RECEIPT, later, only_message
from tests.simulated import ask_anew

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[FakeProvider, FakeProvider]:
    """The first provider remembers our ids, the substitute does not."""
    first, second = FakeProvider("first", remembers=True), FakeProvider("second")
    settings.SMS_PROVIDERS = ["first", "second"]
    ask_anew()
    monkeypatch.setattr(registry, "provider", {"first": first, "second": second}.__getitem__)
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    return first, second


def calls(pair: tuple[FakeProvider, FakeProvider]) -> tuple[int, int]:
    return len(pair[0].calls), len(pair[1].calls)


@pytest.mark.parametrize(
    "problem", [RetryError("409"), RetryError("451", pause=timedelta(minutes=9)), AlarmError("418")]
)
def test_what_was_certainly_not_sent_goes_by_the_substitute_at_once(
    pair: tuple[FakeProvider, FakeProvider], problem: ProviderError
) -> None:
    pair[0].answers = [problem]
    sending.send_due()
    row = only_message()
    assert (row.state, row.provider, row.attempts) == (SmsState.SENT, "second", 1)
    assert row.provider_id == f"second-{row.pk}"


@pytest.mark.parametrize("problem", [UnknownOutcomeError("no-answer"), RefusedError("411")])
def test_what_may_have_been_sent_or_was_refused_goes_nowhere_else(
    pair: tuple[FakeProvider, FakeProvider], problem: ProviderError
) -> None:
    pair[0].answers = [problem]
    sending.send_due()
    later(seconds=6)
    pair[0].known[only_message().pk] = "17"
    sending.send_due()
    assert calls(pair) == (1, 0)


def test_where_nobody_can_send_the_shortest_pause_counts_and_both_reasons_are_kept(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    pair[0].answers, pair[1].answers = [RetryError("409")], [AlarmError("102")]
    sending.send_due()
    row = only_message()
    assert (row.state, row.provider, row.tried_at) == (SmsState.QUEUED, "", None)
    assert row.error == "first RetryError 409; second AlarmError 102"
    later(seconds=6)
    sending.send_due()
    assert (only_message().state, only_message().provider) == (SmsState.SENT, "first")


def test_a_refusal_by_the_substitute_is_not_the_last_word(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    pair[0].answers, pair[1].answers = [RetryError("409")], [RefusedError("107")]
    sending.send_due()
    assert only_message().state == SmsState.QUEUED


def test_an_unknown_outcome_is_found_by_our_id_and_not_sent_again(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    pair[0].answers = [UnknownOutcomeError("no-answer")]
    sending.send_due()
    row = only_message()
    assert (row.state, row.provider) == (SmsState.QUEUED, "first")
    pair[0].known[row.pk] = "8792343"
    later(seconds=6)
    sending.send_due()
    assert (only_message().state, only_message().provider_id) == (SmsState.SENT, "8792343")
    assert calls(pair) == (1, 0)


def test_an_unknown_outcome_is_repeated_under_our_id_while_the_provider_remembers_it(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    pair[0].answers = [UnknownOutcomeError("no-answer")]
    sending.send_due()
    later(seconds=6)
    sending.send_due()
    assert [call.local_id for call in pair[0].calls] == [only_message().pk] * 2
    assert only_message().state == SmsState.SENT


def test_nothing_is_repeated_once_the_provider_has_forgotten_our_id(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    pair[0].answers = [UnknownOutcomeError("no-answer")]
    sending.send_due()
    later(hours=11, minutes=1)
    sending.send_due()
    assert only_message().state == SmsState.UNKNOWN
    assert calls(pair) == (1, 0)


def test_a_killed_worker_s_message_waits_for_the_provider_that_may_have_it(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    past = clock.machine_now() - timedelta(minutes=1)
    SmsMessage.objects.update(
        state=SmsState.SENDING, leased_until=past, tried_at=clock.now(), provider="first"
    )
    rest = clock.machine_now() + timedelta(minutes=5)
    SmsProviderState.objects.create(name="first", rests_until=rest)
    sweeping.sweep()
    sending.send_due()
    assert (only_message().state, only_message().provider) == (SmsState.QUEUED, "first")
    assert calls(pair) == (0, 0)


def test_while_all_rest_nothing_is_tried_and_nothing_is_lost(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    rest = clock.machine_now() + timedelta(minutes=5)
    for name in ("first", "second"):
        SmsProviderState.objects.create(name=name, rests_until=rest)
    assert sending.send_due() == 0
    assert (only_message().state, only_message().attempts) == (SmsState.QUEUED, 0)
    SmsProviderState.objects.update(rests_until=None)
    sending.send_due()
    assert only_message().state == SmsState.SENT


def test_a_secret_that_cannot_be_made_ends_the_message_and_no_other(
    pair: tuple[FakeProvider, FakeProvider], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: SmsMessage) -> dict[str, str]:
        raise ValueError("482137")

    monkeypatch.setitem(outbox._makers, "login.code", broken)
    outbox.queue("login.code", "09121110000")
    sending.send_due()
    rows = {row.event: row for row in SmsMessage.objects.all()}
    assert (rows["login.code"].state, rows["payment.receipt"].state) == (
        SmsState.DEAD,
        SmsState.SENT,
    )
    assert "482137" not in rows["login.code"].error


def test_delivery_is_asked_where_the_message_went(
    pair: tuple[FakeProvider, FakeProvider],
) -> None:
    from notifications import delivery

    pair[0].answers = [AlarmError("418")]
    sending.send_due()
    pair[1].states[only_message().provider_id] = Delivery.DELIVERED
    later(minutes=2)
    assert delivery.poll_delivery() == 1
    row = only_message()
    assert (row.state, row.next_try_at) == (SmsState.DELIVERED, None)
