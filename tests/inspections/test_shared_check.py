"""The public page of a certificate out of Redis: made once for all, never older than the database, and there without Redis."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from inspections.certificates import public_check, validity
from inspections.models import Certificate
from septam import clock, metrics, release, shared_cache
from tests.inspections.journey import Journey, at_status
from tests.redis import Server, running, use

pytestmark = [pytest.mark.usefixtures("at_start"), pytest.mark.redis]


@pytest.fixture
def shared(tmp_path: Path, settings: Settings) -> Iterator[Server]:
    yield from running(tmp_path / "redis", settings)


class Check:
    """A certificate, whoever looks at its public page, and how often that was made."""

    def __init__(self) -> None:
        self.journey: Journey = at_status("certified")
        self.certificate = Certificate.objects.get(request=self.journey.request)
        self.made = 0

    def page(self, client: Client | None = None, **headers: str) -> str:
        """As a browser gets it that takes nothing compressed, unless told."""
        self.answer = (client or Client()).get(
            f"/c/{self.certificate.share_code}/", headers=headers
        )
        assert self.answer.status_code == 200
        return self.answer.content.decode(errors="replace")

    def revoke(self) -> None:
        """By the manager of its laboratory."""
        validity.revoke(self.certificate.pk, self.journey.manager, "تخلف")


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    found, by_code = Check(), public_check.by_code

    def counted(code: str) -> Any:
        found.made += 1
        return by_code(code)

    monkeypatch.setattr(public_check, "by_code", counted)
    return found


def test_the_page_is_made_once_for_all_and_says_the_same(check: Check, shared: Server) -> None:
    first = check.page()
    head = dict(check.answer.items())
    assert check.page() == first
    assert check.made == 1
    head.pop("X-Request-Id")
    assert dict(check.answer.items()).items() >= head.items()
    assert "noindex" in head["X-Robots-Tag"]
    check.page(accept_encoding="br")
    check.page(accept_encoding="br")
    assert check.made == 2
    assert check.answer["Content-Encoding"] == "br"


def test_what_stands_in_redis_from_before_a_revocation_is_never_shown(
    check: Check, shared: Server, settings: Settings
) -> None:
    assert "باطل‌شده" not in check.page()
    # Away while it is revoked, and back with all that it had: nothing could be dropped.
    settings.CACHES = {name: kept for name, kept in settings.CACHES.items() if name != "shared"}
    check.revoke()
    use(settings, shared.url)
    assert shared.client.dbsize() == 1
    assert "باطل‌شده" in check.page()
    assert "باطل‌شده" in check.page()
    assert check.made == 2


def test_another_day_makes_another_page(check: Check, shared: Server) -> None:
    check.page()
    clock.move_to(clock.now().replace(year=clock.now().year + 2))
    assert "منقضی" in check.page()


def test_another_version_of_the_program_makes_its_own(
    check: Check, shared: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    check.page()
    monkeypatch.setattr(release, "fingerprint", lambda: "the next one")
    check.page()
    assert check.made == 2


def test_who_is_signed_in_gets_a_page_of_his_own(check: Check, shared: Server) -> None:
    strangers = check.page()
    owner = Client()
    owner.force_login(check.journey.owner)
    assert check.page(owner) != strangers
    assert check.page() == strangers


def test_what_others_wrote_into_redis_is_not_shown(check: Check, shared: Server) -> None:
    right = check.page()
    (key,) = shared.client.keys("*")
    foreign = shared_cache.key_of("another")
    shared_cache.put(foreign, b"{}\nanother page", 60)
    of_another_place = shared.client.get(key.rsplit(b":", 1)[0] + b":" + foreign.encode())
    assert of_another_place is not None
    for forged in (shared.client.get(key)[:-1] + b"?", b"", of_another_place):
        shared.client.set(key, forged)
        assert check.page() == right
    assert check.made == 4


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Prometheus is told."""
    outcomes: list[str] = []
    monkeypatch.setattr(metrics, "count_shared_cache", outcomes.append)
    return outcomes


def test_redis_may_die_and_come_back_empty(check: Check, shared: Server, told: list[str]) -> None:
    check.page()
    shared.kill()
    assert "معتبر" in check.page()
    check.revoke()
    assert "باطل‌شده" in check.page()
    assert check.made == 3
    shared.start()
    shared_cache.forget()
    check.page()
    check.page()
    assert check.made == 4
    assert told == ["missing", "away", "away", "missing", "found"]


def test_a_full_redis_keeps_nothing_and_breaks_nothing(check: Check, shared: Server) -> None:
    shared.client.config_set("maxmemory-policy", "noeviction")
    shared.client.config_set("maxmemory", "1")
    assert [check.page() for _time in range(2)] == [check.page()] * 2
    assert shared.client.dbsize() == 0


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.5)
        yield listening


def test_a_silent_redis_is_waited_for_once_and_then_left_alone(
    check: Check, silent: socket.socket, settings: Settings
) -> None:
    use(settings, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
    for _time in range(3):
        assert "معتبر" in check.page()
    silent.accept()[0].close()
    silent.settimeout(0)
    with pytest.raises(BlockingIOError):
        silent.accept()
    shared_cache.forget()
