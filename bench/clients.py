"""Browsers that keep their connection, and many of them at once. Their CPU is not counted."""

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

T = TypeVar("T")
CSRF = "a" * 32


class Refused(Exception):
    """An answer that a buyer must not get."""


class Browser:
    """One visitor: follows redirects on its own host, keeps the connection, sends the same cookies each time."""

    def __init__(self, url: str, session: str = "") -> None:
        self.host = urlsplit(url).netloc
        cookies = {"csrftoken": CSRF, **({"sessionid": session} if session else {})}
        self.headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def get(self, path: str) -> str:
        """The page; raises Refused for anything but 200."""
        return self._follow("GET", path, b"", {})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> str:
        """The page behind the answer to a form."""
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._follow("POST", path, body, kind)

    def _follow(self, method: str, path: str, body: bytes, more: dict[str, str]) -> str:
        for _hop in range(5):
            answer = self._ask(method, path, body or None, {**self.headers, **more})
            content = answer.read()
            self.size = len(content)
            text = content.decode("utf-8", errors="replace")
            self.path = path
            if answer.status not in (301, 302, 303):
                break
            path = urlsplit(answer.headers["Location"]).path
            method, body, more = "GET", b"", {}
        if answer.status != 200:
            raise Refused(f"{answer.status} at {path}: {text[:300]}")
        return text

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """A kept connection that the server closed while nobody used it is opened again, as browsers do."""
        try:
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection.close()
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()


def at_once(work: Callable[[T], None], everybody: Sequence[T]) -> list[str]:
    """Let each of them do the work at the same time; returns what failed."""
    gate = threading.Barrier(len(everybody))
    failed: list[str] = []

    def one(who: T) -> None:
        gate.wait()
        try:
            work(who)
        except Exception as fault:
            failed.append(f"{type(fault).__name__}: {fault}")

    with ThreadPoolExecutor(len(everybody)) as pool:
        list(pool.map(one, everybody))
    return failed


def wait_for(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to hold in that time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if holds():
            return True
        time.sleep(0.2)
    return False
