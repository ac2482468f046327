"""What all web processes keep together in Redis, where CACHE_URL names one. It may be lost, late, full or gone at any time.

Nothing in it can be wrong, because nothing in it is ever to be dropped: a key says in which version of what it shows a
value was made, and the version comes from Postgres with each request. A value that was left behind by an outage is still
right for its own key. It is signed for that key, too, and is never unpickled: whoever can write into Redis cannot put a
page into the portal.

Redis is waited for a tenth of a second; after a failure this process leaves it alone for a while.
"""

import hashlib
import hmac
import logging
import time

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.utils.crypto import salted_hmac

from septam import metrics

logger = logging.getLogger(__name__)
ALIAS = "shared"
# Seconds for which nothing is asked after a failure.
REST = 10.0
_DIGEST = hashlib.sha256().digest_size
_rests_until = [0.0]


class AsItIs:
    """How Django's RedisCache writes values: bytes, as they are."""

    def dumps(self, value: bytes) -> bytes:
        """What Redis keeps."""
        return value

    def loads(self, stored: bytes) -> bytes:
        """What it gave back."""
        return stored


def is_on() -> bool:
    """Whether this installation has one."""
    return ALIAS in settings.CACHES


def key_of(*parts: object) -> str:
    """One key of all that decides what a value says; nobody who reads it in Redis learns the parts."""
    return salted_hmac("septam.shared_cache.key", repr(parts), algorithm="sha256").hexdigest()


def get(key: str) -> bytes | None:
    """The value, or None where there is none that is ours, or Redis does not answer."""
    if _rests():
        return _told("away", None)
    try:
        stored = _cache().get(key)
    except _failures() as failure:
        _rest(failure)
        return _told("away", None)
    value = _opened(key, stored)
    return _told("missing" if value is None else "found", value)


def put(key: str, value: bytes, seconds: int) -> None:
    """Keep the value for so long, if Redis takes it."""
    if not _rests():
        try:
            _cache().set(key, _signature(key, value) + value, seconds)
        except _failures() as failure:
            _rest(failure)


def forget() -> None:
    """Ask again at once (for tests)."""
    _rests_until[0] = 0.0


def _cache() -> BaseCache:
    return caches[ALIAS]


def _failures() -> tuple[type[Exception], ...]:
    """Loaded only where there is a cache: most installations have none."""
    from redis.exceptions import RedisError

    return RedisError, OSError


def _rests() -> bool:
    return time.monotonic() < _rests_until[0]


def _rest(failure: Exception) -> None:
    _rests_until[0] = time.monotonic() + REST
    # Its own words may name users and addresses.
    logger.warning("the shared cache failed (%s) and rests for %d s", type(failure).__name__, REST)


def _told(outcome: str, value: bytes | None) -> bytes | None:
    metrics.count_shared_cache(outcome)
    return value


def _signature(key: str, value: bytes) -> bytes:
    return salted_hmac(
        "septam.shared_cache.value", key.encode() + value, algorithm="sha256"
    ).digest()


def _opened(key: str, stored: object) -> bytes | None:
    if not isinstance(stored, bytes):
        return None
    signature, value = stored[:_DIGEST], stored[_DIGEST:]
    return value if hmac.compare_digest(signature, _signature(key, value)) else None
