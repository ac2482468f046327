"""Figures for Prometheus, where a token is set: requests by page, answer and time, counted over all web processes.

Each process counts into a file of its own (prometheus_client's multiprocess mode); whichever is asked adds them up.
Without SEPTAM_METRICS_TOKEN nothing is counted and the address does not exist.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

# Seconds: from a kept page to what a bank's silence costs.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)
# What else a client invents is counted as one.
METHODS = frozenset({"GET", "HEAD", "POST"})


def are_on() -> bool:
    """Whether this installation wants them."""
    return bool(settings.METRICS_TOKEN)


def may_read(request: HttpRequest) -> bool:
    """Whether the request brings the token, as Prometheus's `authorization` sends it."""
    brought = request.headers.get("Authorization", "")
    return are_on() and constant_time_compare(brought, f"Bearer {settings.METRICS_TOKEN}")


@dataclass(frozen=True)
class _Requests:
    answered: "Counter"
    seconds: "Histogram"
    shared_cache: "Counter"


@cache
def _requests() -> _Requests:
    """Made with the first request: the library looks for the folder when it is loaded."""
    folder = Path(settings.METRICS_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))
    from prometheus_client import Counter, Histogram

    labels = ("page", "method", "status")
    return _Requests(
        Counter("septam_requests", "Requests that were answered", labels),
        Histogram("septam_request_seconds", "Time to the answer", ("page",), buckets=BUCKETS),
        Counter("septam_shared_cache", "What the shared cache had for a page", ("outcome",)),
    )


def count_shared_cache(outcome: str) -> None:
    """What Redis had for a page: found, missing, or away."""
    if are_on():
        _requests().shared_cache.labels(outcome).inc()


class MetricsMiddleware:
    """Counts each request under the name of its page, never under its address: that may hold a secret."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not are_on():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count it."""
        began = time.perf_counter()
        response = self.get_response(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        method = str(request.method) if request.method in METHODS else "other"
        counted = _requests()
        counted.answered.labels(page or "none", method, str(response.status_code)).inc()
        counted.seconds.labels(page or "none").observe(time.perf_counter() - began)
        return response


def exposition(figures: Any) -> bytes:
    """Requests of all processes, and what the collector `figures` gathers now, in Prometheus's text format."""
    _requests()
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=os.environ["PROMETHEUS_MULTIPROC_DIR"])  # type: ignore[no-untyped-call]
    registry.register(figures)
    return generate_latest(registry)
