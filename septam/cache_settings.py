"""Django's caches: the process's own, and where CACHE_URL names a Redis, the one that all share."""

from typing import Any


def caches(address: str, patience: float) -> dict[str, dict[str, Any]]:
    """For Django's CACHES. `patience` is how many seconds to wait for a connection, and for each answer."""
    made: dict[str, dict[str, Any]] = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    if address:
        made["shared"] = {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": address,
            "KEY_PREFIX": "septam",
            "OPTIONS": {
                "serializer": "septam.shared_cache.AsItIs",
                "socket_timeout": patience,
                "socket_connect_timeout": patience,
                # The client would try again by itself, each time as long; who comes next may try.
                "retry": _once(),
            },
        }
    return made


def _once() -> Any:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Retry(NoBackoff(), 0)
