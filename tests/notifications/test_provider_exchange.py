"""What a failure on the way to a provider means: whether anything can have arrived there."""

import ssl

import pytest
import requests
from urllib3.exceptions import (
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
)

from notifications.providers import exchange
from notifications.providers.base import ProviderError, RetryError, UnknownOutcomeError
from septam import wire

URL = "/v1/a-key-that-nobody-may-see/sms/send.json"


def never_reached(reason: Exception) -> MaxRetryError:
    return MaxRetryError(None, URL, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "kind", "code"),
    [
        (requests.ConnectTimeout(URL), RetryError, "connect-timeout"),
        (
            requests.ConnectionError(never_reached(NewConnectionError(None, URL))),  # type: ignore[arg-type]
            RetryError,
            "no-connection",
        ),
        (
            requests.ConnectionError(
                never_reached(NameResolutionError("api", None, OSError()))  # type: ignore[arg-type]
            ),
            RetryError,
            "no-connection",
        ),
        (
            requests.exceptions.SSLError(
                never_reached(SSLError(ssl.SSLCertVerificationError("self-signed")))
            ),
            RetryError,
            "wrong-certificate",
        ),
        (
            requests.exceptions.SSLError(never_reached(SSLError(ssl.SSLError("broken record")))),
            UnknownOutcomeError,
            "connection-lost",
        ),
        (
            requests.ConnectionError(ProtocolError("aborted", OSError(URL))),
            UnknownOutcomeError,
            "connection-lost",
        ),
        (requests.ReadTimeout(URL), UnknownOutcomeError, "no-answer"),
        (wire.UnusableAnswer(URL), UnknownOutcomeError, "unusable-answer"),
        (
            requests.exceptions.ChunkedEncodingError(URL),
            UnknownOutcomeError,
            "ChunkedEncodingError",
        ),
        (OSError(URL), UnknownOutcomeError, "OSError"),
    ],
)
def test_only_what_cannot_have_arrived_may_be_sent_again(
    problem: Exception, kind: type[ProviderError], code: str
) -> None:
    found = exchange.failure(problem)
    assert type(found) is kind
    assert found.code == code
    assert "nobody" not in repr(found)


def test_a_connection_that_was_idle_for_long_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(exchange.time, "monotonic", lambda: now)
    talk = exchange.Exchange()
    first = talk._fresh_session()
    now += exchange.IDLE_SECONDS
    assert talk._fresh_session() is first
    now += exchange.IDLE_SECONDS + 1
    assert talk._fresh_session() is not first
