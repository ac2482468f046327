"""How banks and providers are spoken to over HTTP: our own address, time limits, and answers of a plausible size.

Whatever does not fit is a `requests.RequestException`, which everybody takes for «no answer».
"""

import time
from io import BytesIO
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

# A bank's answer has a few hundred bytes; its list of a hundred unconfirmed sales some forty thousand.
LARGEST_ANSWER = 256 * 1024
CHUNK = 64 * 1024
# Threads of one process that speak to the same peer; more would open connections that are thrown away.
MOST_CONNECTIONS = 32
# An answer that trickles in is given up after so many seconds, whatever each single read took.
WHOLE_ANSWER_SECONDS = 20


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
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 0
    made.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        made.mount(scheme, BoundedAdapter(pool_maxsize=MOST_CONNECTIONS))
    return made
