"""The shared cache: whether Redis answers, who may reach it, and whether it makes room by itself. Nothing waits for it."""

import ipaddress
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from portal.doctor.findings import Finding, good, judged, note, wrong

ABOUT = "cache"
# Milliseconds; a page that is made anew takes some three.
SLOW = 3.0
_ASKED = 5


def looks() -> Iterator[Finding]:
    """All of it, where CACHE_URL names one."""
    if not settings.CACHE_URL:
        yield good(ABOUT, "none is set; nothing needs one")
        return
    yield from _way()
    yield from _server()


def _way() -> Iterator[Finding]:
    """What is between the portal and Redis: its pages are public, its password is not."""
    parts = urlsplit(settings.CACHE_URL)
    if parts.scheme != "redis" or not parts.hostname:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 6379, proto=socket.IPPROTO_TCP)
    except OSError:
        return  # the next look says that it does not answer
    if not all(ipaddress.ip_address(one[4][0]).is_private for one in found):
        yield wrong(
            ABOUT, "CACHE_URL leads over an open network and is not encrypted: use rediss:// or a private network"
        )  # fmt: skip


def _server() -> Iterator[Finding]:
    from redis.exceptions import RedisError

    client = _client()
    try:
        milliseconds = _asked(client)
        told: dict[str, Any] = client.info("memory")
    except (RedisError, OSError) as problem:
        yield wrong(
            ABOUT, f"Redis does not answer ({_reason(problem)}); see CACHE_URL. The portal goes on without it"
        )  # fmt: skip
        return
    finally:
        client.close()
    yield _speed(milliseconds)
    yield from _room(int(told.get("maxmemory", 0)), str(told.get("maxmemory_policy", "")))


def _client() -> Any:
    """A client of its own: it waits longer than a page may."""
    import redis

    return redis.Redis.from_url(settings.CACHE_URL, socket_timeout=3, socket_connect_timeout=3)


def _asked(client: Any) -> float:
    """The shortest of some round trips, in milliseconds."""
    client.ping()
    taken = []
    for _time in range(_ASKED):
        began = time.perf_counter()
        client.ping()
        taken.append(time.perf_counter() - began)
    return min(taken) * 1000


def _speed(milliseconds: float) -> Finding:
    text = f"Redis answers in {milliseconds:.1f} ms"
    if milliseconds < SLOW:
        return good(ABOUT, text)
    return note(ABOUT, f"{text}: to make a page anew takes no longer, so it saves nothing")


def _room(most: int, policy: str) -> Iterator[Finding]:
    yield judged(
        most > 0, ABOUT, f"Redis keeps at most {most / 2**20:.0f} MB",
        "Redis has no limit and may fill its machine's memory: set maxmemory",
    )  # fmt: skip
    yield judged(
        policy != "noeviction", ABOUT, f"Redis makes room by {policy}",
        "Redis takes nothing new once it is full (noeviction): set maxmemory-policy to allkeys-lru",
    )  # fmt: skip


def _reason(problem: Exception) -> str:
    """The kind of refusal in our words: the client's own name addresses."""
    from redis import exceptions

    if isinstance(problem, exceptions.AuthenticationError):
        return "it refuses the password, or asks for one"
    if isinstance(problem, exceptions.TimeoutError):
        return "it was silent"
    return "nothing answers there" if isinstance(problem, exceptions.ConnectionError) else type(problem).__name__  # fmt: skip
