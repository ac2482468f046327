"""How banks and providers are spoken to over HTTP: our own address, time limits, and answers of a plausible size.

Whatever does not fit is a `requests.RequestException`, which everybody takes for «no answer». A `Line` is the
shorter way to one address that is asked often; it raises urllib3's own errors besides.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection

# A bank's answer has a few hundred bytes; its list of a hundred unconfirmed sales some forty thousand.
LARGEST_ANSWER = 256 * 1024
CHUNK = 64 * 1024
# Threads of one process that speak to the same peer; more would open connections that are thrown away.
MOST_CONNECTIONS = 32
# An answer that trickles in is given up after so many seconds, whatever each single read took.
WHOLE_ANSWER_SECONDS = 20
# A connection that was idle for longer may be dead without a sign, and what is sent into it is lost
# without our knowing.
IDLE_SECONDS = 15


class UnusableAnswer(requests.RequestException):
    """The answer is too long, too slow, or breaks off."""


class BoundedAdapter(HTTPAdapter):
    """Reads an answer only as far as a bank's or a provider's can reach."""

    def send(self, request: Any, stream: bool = False, *args: Any, **kwargs: Any) -> Any:
        """The answer with its body read. Raises UnusableAnswer and what requests raises."""
        response = super().send(request, True, *args, **kwargs)
        try:
            body = _bounded(response.raw)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
            raise UnusableAnswer(type(problem).__name__) from problem
        finally:
            response.raw.close()
        response.raw = BytesIO(body)
        return response


def _bounded(raw: Any) -> bytes:
    ends, body = time.monotonic() + WHOLE_ANSWER_SECONDS, b""
    while piece := raw.read1(CHUNK, decode_content=False):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise UnusableAnswer("too long")
        if time.monotonic() > ends:
            raise UnusableAnswer("too slow")
    return body


def session() -> requests.Session:
    """A session that asks for plain bytes, follows no redirect by itself and knows no proxy.

    The bank knows the server's own address; a proxy of the environment would be refused.
    """
    made = requests.Session()  # the one place  # nosemgrep: line-without-limits
    made.trust_env = False
    made.max_redirects = 0
    made.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        made.mount(scheme, BoundedAdapter(pool_maxsize=MOST_CONNECTIONS))
    return made


class _Fresh:
    """Holds a kept connection for closed when it was idle for long, beside what urllib3 itself sees of it."""

    _used_at = 0.0

    def getresponse(self) -> Any:
        answer = super().getresponse()  # type: ignore[misc]
        self._used_at = time.monotonic()
        return answer

    @property
    def is_connected(self) -> bool:
        is_open: bool = super().is_connected  # type: ignore[misc]
        return is_open and time.monotonic() - self._used_at < IDLE_SECONDS


class _Plain(_Fresh, HTTPConnection):
    pass


class _Encrypted(_Fresh, HTTPSConnection):
    pass


@cache
def _trust() -> ssl.SSLContext:
    # Once a process: reading the list of authorities costs more than the handshake.
    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)


@dataclass(frozen=True)
class Reply:
    """An answer read whole, whatever its status."""

    status: int
    body: bytes = field(repr=False)


class Line:
    """The kept connections of one process to one address, held to the same bounds as a `session`.

    Nothing is ever sent twice: a connection that breaks before its answer is an error of urllib3's, whatever
    became of the request.
    """

    def __init__(self, url: str, timeouts: tuple[float, float]) -> None:
        """`timeouts` are seconds to connect and to wait for each piece of an answer."""
        self.url = url
        parts = urllib3.util.parse_url(url)
        self._path = parts.request_uri
        is_plain = parts.scheme == "http"
        bounds: dict[str, Any] = {
            "maxsize": MOST_CONNECTIONS,
            "timeout": urllib3.Timeout(connect=timeouts[0], read=timeouts[1]),
        }
        self._pool = (
            urllib3.HTTPConnectionPool(str(parts.host), parts.port, **bounds)
            if is_plain
            else urllib3.HTTPSConnectionPool(
                str(parts.host), parts.port, ssl_context=_trust(), **bounds
            )
        )
        self._pool.ConnectionCls = _Plain if is_plain else _Encrypted

    def post(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The answer, whatever its status. Raises UnusableAnswer, urllib3's HTTPError, OSError and ValueError."""
        response = self._pool.urlopen(
            "POST", self._path, body, {"Accept-Encoding": "identity", **headers},
            retries=False, redirect=False, preload_content=False, decode_content=False,
        )  # fmt: skip
        try:
            return Reply(response.status, _bounded(response))
        finally:
            # After a whole answer the connection is back in the pool already; any other is closed.
            response.close()
