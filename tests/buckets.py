"""The portal's files in a bucket of the simulator, with the real driver, over the wire."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from django.core.files.storage import default_storage
from pytest_django.fixtures import Settings

from septam import bucket as driver
from septam import bucket_settings
from simulators import bucket as simulator
from simulators.bucket.server import BucketSimulator
from tests.watched_files import Watched


class WatchedBucket(Watched, driver.Bucket):
    """Refuses to be touched in a transaction, as the tests' folder does."""


class Cloud:
    """The bucket as its provider sees it."""

    def __init__(self, running: Any, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        self.url = running.url
        self._simulator = cast(BucketSimulator, running.simulator)
        self._settings, self._patch = settings, patch

    def names(self) -> list[str]:
        """What lies there."""
        return self._simulator.names()

    def fault(self, operation: str, kind: str, **more: object) -> None:
        """Queue a fault that comes often."""
        fault = {"operation": operation, "kind": kind, "count": 9} | more
        requests.post(f"{self.url}/_control/faults", json=[fault], timeout=5).raise_for_status()

    def mend(self) -> None:
        """End all faults."""
        requests.delete(f"{self.url}/_control/faults", timeout=5).raise_for_status()

    def used_by(self, **changed: str) -> None:
        """Let the portal use it, with settings that are right or (`changed`) not."""
        usual = simulator.Account()
        right = {"url": f"{self.url}/{usual.bucket}", "key": usual.key, "secret": usual.secret, "region": "us-east-1"}  # fmt: skip
        self._settings.BUCKET_URL = (right | changed)["url"]
        options = bucket_settings.storage(**(right | changed))["OPTIONS"]
        self._patch.setattr(default_storage, "_wrapped", WatchedBucket(**options))


@pytest.fixture
def cloud(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A bucket that works, used by the portal; one that does not answer is given up soon."""
    monkeypatch.setattr(driver, "READ_SECONDS", 0.3)
    monkeypatch.setattr(driver, "TRIES", 1)
    with simulator.serve(data=tmp_path / "bucket") as running:
        found = Cloud(running, settings, monkeypatch)
        found.used_by()
        yield found
