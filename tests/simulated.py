"""Fixtures that put the real clients before the simulators, each in this process on a free port."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from pytest_django.fixtures import Settings

from notifications import circuit
from notifications.providers import registry
from simulators.sms import server as sms_server


class Phone:
    """What the SMS simulator's phones received."""

    def __init__(self, url: str) -> None:
        self.url = url

    def messages(self, mobile: str) -> list[str]:
        """The texts that a mobile got, newest first."""
        answer = requests.get(f"{self.url}/_control/messages", {"receptor": mobile}, timeout=5)
        return [message["message"] for message in answer.json()["messages"]]

    def fault(self, **fault: object) -> None:
        """Queue a fault of the simulator's API."""
        requests.post(f"{self.url}/_control/faults", json=[fault], timeout=5).raise_for_status()


@pytest.fixture
def phone(tmp_path: Path, settings: Settings) -> Iterator[Phone]:
    """The SMS provider, with the portal's real client pointed at it."""
    running = sms_server.serve(data=tmp_path / "sms", hold_seconds=0.2)
    settings.SMS_URL = settings.SMSIR_URL = running.url
    ask_anew()
    yield Phone(running.url)
    ask_anew()
    running.stop()


def ask_anew() -> None:
    """Let the providers be made anew, from the present settings and without memories."""
    registry.provider.cache_clear()
    circuit.forget()
