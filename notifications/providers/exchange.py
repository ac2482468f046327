"""How a provider is spoken to over HTTP: bounded in time and size, without redirects, and silent about keys.

Every failure of the network becomes a ProviderError with a code of our own, raised where the original is no
longer its context: that one carries the address and the headers, and with them the key.
"""

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from notifications.providers.base import ProviderError, RetryError, UnknownOutcomeError
from septam import wire

# Seconds to connect and to wait for the answer.
TIMEOUTS = (5, 15)
IDLE_SECONDS = wire.IDLE_SECONDS


@dataclass(frozen=True)
class Reply:
    """What came back: the HTTP status and the object in the body, None where there was none."""

    status: int
    body: dict[str, Any] | None = field(repr=False)


class Exchange:
    """The connections to one provider, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session = wire.session()
        self._used_at = time.monotonic()

    def __repr__(self) -> str:
        return "<Exchange>"

    def call(self, method: str, url: str, **content: Any) -> Reply:
        """One request, whatever its HTTP status.

        `content` is what requests takes (data, json, headers). Raises RetryError where nothing can have
        arrived, else UnknownOutcomeError.
        """
        outcome = self._asked(method, url, content)
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    def _asked(self, method: str, url: str, content: dict[str, Any]) -> Reply | ProviderError:
        try:
            answer = self._fresh_session().request(
                method, url, timeout=TIMEOUTS, allow_redirects=False, **content
            )
        except requests.TooManyRedirects as turned:
            return Reply(turned.response.status_code if turned.response is not None else 0, None)
        except (requests.RequestException, OSError, ValueError) as problem:
            return failure(problem)
        return Reply(answer.status_code, _object(answer.content))

    def _fresh_session(self) -> requests.Session:
        with self._lock:
            now = time.monotonic()
            if now - self._used_at > IDLE_SECONDS:
                self._session = wire.session()
            self._used_at = now
            return self._session


def failure(problem: Exception) -> ProviderError:
    """What a failure on the way means for the message."""
    if isinstance(problem, requests.ConnectTimeout):
        return RetryError("connect-timeout")
    if isinstance(problem, wire.UnusableAnswer):
        return UnknownOutcomeError("unusable-answer")
    if isinstance(problem, requests.Timeout):
        return UnknownOutcomeError("no-answer")
    if not isinstance(problem, requests.ConnectionError):
        return UnknownOutcomeError(type(problem).__name__)
    reason = getattr(problem.args[0] if problem.args else None, "reason", None)
    if isinstance(reason, NewConnectionError):
        return RetryError("no-connection")
    if reason is not None and _is_wrong_certificate(reason):
        return RetryError("wrong-certificate")
    return UnknownOutcomeError("connection-lost")


def _is_wrong_certificate(reason: Exception) -> bool:
    # Refused in the handshake, before a word of the message.
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in reason.args)


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
