"""`manage.py doctor` on the shared cache, in words and without its password; the portal is ready without it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from portal.doctor import cache
from portal.doctor.findings import Level
from tests.redis import Server, running, use


@pytest.fixture
def shared(tmp_path: Path, settings: Settings) -> Iterator[Server]:
    yield from running(tmp_path / "redis", settings)


def told(level: Level) -> str:
    return "\n".join(one.text for one in cache.looks() if one.level == level)


def test_none_is_as_good(settings: Settings) -> None:
    settings.CACHE_URL = ""
    assert told(Level.GOOD) == "none is set; nothing needs one"


@pytest.mark.redis
def test_a_sound_one_is_called_sound(shared: Server) -> None:
    assert told(Level.WRONG) == ""
    assert "at most 32 MB" in told(Level.GOOD)
    assert "allkeys-lru" in told(Level.GOOD)


@pytest.mark.redis
def test_what_fills_up_is_wrong(shared: Server) -> None:
    shared.client.config_set("maxmemory", "0")
    shared.client.config_set("maxmemory-policy", "noeviction")
    assert "no limit" in told(Level.WRONG)
    assert "noeviction" in told(Level.WRONG)


@pytest.mark.redis
@pytest.mark.django_db
def test_a_refused_password_and_a_dead_one_are_told_and_the_portal_is_ready(
    shared: Server, settings: Settings, client: Client
) -> None:
    ready = client.get("/readyz")
    use(settings, shared.url.replace("://", "://:s3cret-s3cret@"))
    shared.client.config_set("requirepass", "another-one")
    assert "it refuses the password" in told(Level.WRONG)
    shared.kill()
    assert "nothing answers there" in told(Level.WRONG)
    assert "s3cret" not in told(Level.WRONG)
    again = client.get("/readyz")
    assert (again.status_code, again.content) == (ready.status_code, ready.content)


def test_an_open_network_is_not_crossed_in_clear(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_server", lambda: iter(()))
    settings.CACHE_URL = "redis://:s3cret-s3cret@8.8.8.8:6379/0"
    assert "open network" in told(Level.WRONG)
    settings.CACHE_URL = "rediss://:s3cret-s3cret@8.8.8.8:6379/0"
    assert told(Level.WRONG) == ""
    settings.CACHE_URL = "redis://:s3cret-s3cret@10.0.0.7:6379/0"
    assert told(Level.WRONG) == ""
