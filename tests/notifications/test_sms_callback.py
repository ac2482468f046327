"""A provider's own word on a message: heeded only with the secret, believed never."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from notifications import delivery, outbox, sending
from notifications.models import SmsMessage, SmsState
from notifications.providers import registry
from notifications.providers.base import Delivery
from septam import clock
from tests.notifications.fakes import FakeProvider
from tests.notifications.test_outbox import MOBILE, RECEIPT, only_message
from tests.simulated import ask_anew

pytestmark = pytest.mark.django_db
PATH = "/sms-status/hidden-path/"


@pytest.fixture
def taker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """A provider that has one message of ours."""
    settings.SMS_PROVIDERS, settings.SMS_CALLBACK_SECRET = ["taker"], "hidden-path"
    ask_anew()
    made = FakeProvider("taker")
    made.answers = ["8792343"]
    monkeypatch.setattr(registry, "provider", lambda name: made)
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    sending.send_due()
    return made


def told(how: str, body: Any = None) -> int:
    client = Client(enforce_csrf_checks=True)
    if how == "get":
        return client.get(PATH, body).status_code
    if how == "post":
        return client.post(PATH, body).status_code
    return client.post(PATH, json.dumps(body), content_type="application/json").status_code


CALL = {"messageid": 8792343, "status": 10}


@pytest.mark.parametrize(
    ("how", "body"), [("get", CALL), ("post", CALL), ("json", CALL), ("json", [CALL])]
)
def test_a_call_brings_the_question_forward_and_the_poll_decides(
    taker: FakeProvider, how: str, body: Any
) -> None:
    taker.states["8792343"] = Delivery.DELIVERED
    assert delivery.poll_delivery() == 0
    assert told(how, body) == 200
    assert only_message().state == SmsState.SENT
    assert delivery.poll_delivery() == 1
    assert only_message().state == SmsState.DELIVERED


def test_a_call_that_lies_or_comes_again_changes_nothing(taker: FakeProvider) -> None:
    assert told("post", CALL) == 200
    delivery.poll_delivery()
    assert only_message().state == SmsState.SENT  # the provider, asked, says that it is on its way
    taker.states["8792343"] = Delivery.DELIVERED
    told("post", CALL)
    delivery.poll_delivery()
    before = SmsMessage.objects.values().get()
    for status in (4, 11, 10):
        assert told("post", {"messageid": 8792343, "status": status}) == 200
    delivery.poll_delivery()
    assert SmsMessage.objects.values().get() == before


@pytest.mark.parametrize(
    ("how", "body"),
    [("json", None), ("json", {"messageid": {"a": 1}}), ("json", ["x", 7]), ("post", {"messageid": "',;--"}), ("get", {})],
)  # fmt: skip
def test_nonsense_is_answered_and_ignored(taker: FakeProvider, how: str, body: Any) -> None:
    assert told(how, body) == 200
    assert only_message().next_try_at is not None
    assert only_message().next_try_at > clock.now()  # type: ignore[operator]


def test_without_the_secret_there_is_no_such_address(
    taker: FakeProvider, settings: Settings
) -> None:
    assert Client().get("/sms-status/guessed/").status_code == 404
    settings.SMS_CALLBACK_SECRET = ""
    assert told("get", CALL) == 404
