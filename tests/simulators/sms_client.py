"""The simulated SMS providers, called as the portal calls them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from simulators import sms

MOBILE = "09121234567"
HOUR = 3600


@dataclass
class Provider:
    """Calls the provider as the portal does."""

    url: str
    key: str = "demo-sms-key"

    def ask(self, method: str, **values: Any) -> tuple[int, Any]:
        """The status of the answer, which HTTP repeats, and the entries."""
        answer = requests.post(f"{self.url}/v1/{self.key}/{method}.json", data=values, timeout=3)
        body = answer.json()
        assert answer.status_code == body["return"]["status"]
        return body["return"]["status"], body["entries"]

    def send(self, receptor: str = MOBILE, **values: Any) -> tuple[int, Any]:
        return self.ask("sms/send", receptor=receptor, **{"message": "سلام", **values})

    def lookup(self, **values: Any) -> tuple[int, Any]:
        return self.ask("verify/lookup", **{"receptor": MOBILE, "template": "login-code", **values})

    def status(self, messageid: int) -> int:
        return int(self.ask("sms/status", messageid=messageid)[1][0]["status"])

    def move_clock(self, seconds: int) -> None:
        requests.post(f"{self.url}/_control/clock", json={"offset_seconds": seconds}, timeout=3)

    def fault(self, **fault: Any) -> None:
        requests.post(f"{self.url}/_control/faults", json=fault, timeout=3).raise_for_status()

    def messages(self, receptor: str = MOBILE) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.url}/_control/messages", params={"receptor": receptor}, timeout=3
        )
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def control(self, name: str, verb: str = "GET", **body: Any) -> Any:
        """A word with an address under /_control/."""
        answer = requests.request(verb, f"{self.url}/_control/{name}", json=body, timeout=3)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running(folder: Path, account: sms.Account | None = None) -> Iterator[Provider]:
    """A provider on a free port."""
    with sms.serve(data=folder, account=account, hold_seconds=0.2) as server:
        yield Provider(server.url)
