"""What `make cluster ARGS=--prove` tries with Redis: alive, killed while people buy, and silent while others sign out.

Who is signed out at one web server is out at the other; a certificate that was revoked is nowhere shown as valid.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import redis

from bench.clients import Browser, Refused, at_once, wait_for
from bench.purchase import Buyer
from tests.killing.stage import Stage
from tools import redis_server
from tools.processes import Child

PEOPLE, CERTIFICATES = 20, 20
BUYERS, ORDERS, READ = 10, 2, 5
REVOKED = "باطل‌شده"
Row = tuple[str, str, str, str]
MakeBuyers = Callable[[Stage, int, int, int], list[Buyer]]


class Scene:
    """Two web servers, each asked by itself, their Redis, and certificates that anybody may check."""

    def __init__(self, running: Stage, make_buyers: MakeBuyers) -> None:
        self.running, self._make_buyers = running, make_buyers
        first = running.addresses.port + 3
        self.webs = [f"http://127.0.0.1:{first + number}" for number in (0, 1)]
        self.redis_port = running.addresses.port + 6
        self.client: Any = redis.Redis.from_url(redis_server.address(self.redis_port))

    def rows(self) -> list[Row]:
        """One after the other: each leaves Redis running."""
        return [self.sign_outs(), self.revocations(), self.killed(), self.silent()]

    def sign_outs(self) -> Row:
        """At one web server; the other is asked at once."""
        pairs = self._pairs(7000, PEOPLE)
        begun = sum(all(map(_is_in, pair)) for pair in pairs)
        for number, pair in enumerate(pairs):
            pair[number % 2].post("/sign-out/", {})
        still = sum(_is_in(one) for pair in pairs for one in pair)
        return _row(
            "sign-outs at one web server, the next page asked of both", PEOPLE,
            f"{begun} were in at both, {still} still in at one", begun == PEOPLE and not still,
        )  # fmt: skip

    def revocations(self) -> Row:
        """Each page stands in Redis already when its certificate is revoked."""
        made = _certificates(CERTIFICATES)
        before = self._found()
        valid = sum(REVOKED not in page for page in self._pages(made) + self._pages(made))
        found = self._found() - before
        for one in made:
            _revoke(one)
        told = sum(REVOKED in page for page in self._pages(made))
        holds = valid == 4 * len(made) and told == 2 * len(made) and found >= 3 * len(made)
        return _row(
            "certificates revoked, their public pages asked of both web servers at once", len(made),
            f"{found} of {valid} pages before it came from Redis, {told} of {2 * len(made)} after it say so", holds,
        )  # fmt: skip

    def killed(self) -> Row:
        """By kill −9, when a quarter of the purchases is done; public pages are read all the while."""
        buyers = self._make_buyers(self.running, 7500, BUYERS, ORDERS)
        made, ended = _certificates(CERTIFICATES), threading.Event()
        pages: list[bool] = []
        reader = threading.Thread(target=self._read, args=(made, ended, pages))
        killer = threading.Thread(target=self._kill_after, args=(buyers, BUYERS * ORDERS // 4))
        reader.start()
        killer.start()
        failed = at_once(_buy, buyers)
        killer.join()
        ended.set()
        reader.join()
        bought = sum(len(one.orders) for one in buyers)
        signed_in = sum(_is_in(one.browser) for one in buyers)
        self._start_again()
        holds = not failed and bought == BUYERS * ORDERS and signed_in == BUYERS and all(pages)
        return _row(
            "purchases of ten owners at once, Redis killed in the middle", BUYERS * ORDERS,
            f"{bought} done, {failed[:1] or 'none failed'}, {BUYERS - signed_in} signed out;"
            f" {pages.count(True)} public pages meanwhile, {pages.count(False)} failed", holds,
        )  # fmt: skip

    def silent(self) -> Row:
        """Stopped and continued: it comes back with all that it had before."""
        pairs, made = self._pairs(8000, PEOPLE), _certificates(CERTIFICATES)
        begun = sum(all(map(_is_in, pair)) for pair in pairs)
        valid = sum(REVOKED not in page for page in self._pages(made))
        server = self._server().process
        os.kill(server.pid, signal.SIGSTOP)
        for number, pair in enumerate(pairs):
            pair[number % 2].post("/sign-out/", {})
        for one in made:
            _revoke(one)
        meanwhile = sum(REVOKED in page for page in self._pages(made))
        os.kill(server.pid, signal.SIGCONT)
        wait_for(lambda: self._comes_from_redis(made), 30)
        kept, told = self.client.dbsize(), sum(REVOKED in page for page in self._pages(made))
        still = sum(_is_in(one) for pair in pairs for one in pair)
        return _row(
            "signed out, and certificates revoked, while Redis was silent; it comes back with what it had",
            PEOPLE + len(made),
            f"{begun} were in, {still} still in at one; {meanwhile} of {valid} pages said so at once, {told} after it came back"
            f" with {kept} pages", begun == PEOPLE and not still and valid == meanwhile == told == 2 * len(made),
        )  # fmt: skip

    def _pairs(self, first: int, count: int) -> list[list[Browser]]:
        """People with one session each, a browser of it at either web server."""
        from bench.seed import buyer

        keys = [str(buyer(first + number, 0)["session"]) for number in range(count)]
        return [[Browser(web, key) for web in self.webs] for key in keys]

    def _pages(self, made: list[Any]) -> list[str]:
        """The public page of each, of either web server."""
        return [self._page(web, one) for one in made for web in self.webs]

    def _page(self, web: str, certificate: Any) -> str:
        visitor = Browser(web)
        # As nginx tells it: every certificate has a visitor of its own, so that no limit is met.
        visitor.headers = {"X-Forwarded-For": f"10.1.{certificate.pk // 250 % 250}.{certificate.pk % 250}"}  # fmt: skip
        return visitor.get(f"/c/{certificate.share_code}/")

    def _read(self, made: list[Any], ended: threading.Event, pages: list[bool]) -> None:
        """Until all is bought, and once more then: while Redis is gone."""
        last = False
        while not last:
            last = ended.is_set()
            for one in made[:READ]:
                try:
                    pages.append(all(REVOKED not in self._page(web, one) for web in self.webs))
                except (Refused, OSError):
                    pages.append(False)
            time.sleep(0.1)

    def _found(self) -> int:
        return int(self.client.info("stats")["keyspace_hits"])

    def _comes_from_redis(self, made: list[Any]) -> bool:
        before = self._found()
        self._pages(made[:1])
        return self._found() >= before + 2

    def _server(self) -> Child:
        return next(one for one in self.running.children.running if one.name == "redis")

    def _kill_after(self, buyers: list[Buyer], count: int) -> None:
        wait_for(lambda: sum(len(one.orders) for one in buyers) >= count, 60)
        server = self._server()
        server.process.kill()
        server.process.wait()
        self.running.children.running.remove(server)

    def _start_again(self) -> None:
        children = self.running.children
        redis_server.start(children, children.logs.parent / "redis", self.redis_port)
        time.sleep(11)  # until every process asks it again (septam/shared_cache.py)


def _buy(one: Buyer) -> None:
    for _time in range(ORDERS):
        one.buy()


def _is_in(browser: Browser) -> bool:
    browser.get("/places/")
    return browser.path == "/places/"


def _certificates(count: int) -> list[Any]:
    """Of requests that were just paid for, as they would be issued."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from inspections import numbers
    from inspections.models import Certificate, VisitRequest
    from septam import clock

    today = clock.today()
    days = DateRange(today, today + timedelta(days=180), "[)")
    waiting = VisitRequest.objects.filter(status="scheduling", certificate=None).order_by("pk")
    return [
        Certificate.objects.create(
            number=numbers.certificate_number(), share_code=numbers.share_code(), request=one, place_id=one.place_id,
            owner_id=one.owner_id, laboratory_id=one.laboratory_id, level=4, validity=days,
            snapshot=one.snapshot, signatory="مدیر فنی", issued_at=clock.now(), issued_by_id=one.owner_id,
        )
        for one in waiting[:count]
    ]  # fmt: skip


def _revoke(certificate: Any) -> None:
    from inspections.certificates import validity

    validity.revoke(certificate.pk, certificate.owner, "تخلف")


def _row(what: str, tries: int, seen: str, holds: bool) -> Row:
    return what, str(tries), seen, "holds" if holds else "**broken**"
