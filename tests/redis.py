"""A real Redis for tests: one for each, which it may kill, fill, and start again."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis
from pytest_django.fixtures import Settings

from septam import cache_settings, shared_cache
from tests.killing.stage import free_port
from tools import redis_server
from tools.processes import Child, Children

CLONE = Path(__file__).resolve().parent.parent


class Server:
    """What runs, and a client beside the portal's."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = redis_server.address(self.port)
        self.client: Any = redis.Redis.from_url(self.url)
        self._folder = folder
        self._children = Children(folder, dict(os.environ), CLONE)
        self._child: Child | None = None

    def start(self) -> None:
        """Empty, as it is after every start."""
        self._child = redis_server.start(self._children, self._folder, self.port)

    def kill(self) -> None:
        """Outright."""
        if self._child is not None:
            self._child.process.kill()
            self._child.process.wait()
            self._children.running.clear()
            self._child = None


def use(settings: Settings, url: str) -> None:
    """Let the portal have its shared cache there."""
    settings.CACHE_URL = url
    settings.CACHES = cache_settings.caches(url, settings.CACHE_PATIENCE)
    shared_cache.forget()


def running(folder: Path, settings: Settings) -> Iterator[Server]:
    """For a fixture: a Redis that the portal uses."""
    server = Server(folder)
    server.start()
    use(settings, server.url)
    yield server
    server.kill()
    server.client.close()
    shared_cache.forget()
