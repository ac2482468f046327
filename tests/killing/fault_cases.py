"""The faults of `make faults`: each makes purchases under one fault and gives them back for the books to be compared.

The payers do what people do: where their return from the bank fails, they reload.
"""

import contextlib
import os
import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from tests.billing.bank import CALLBACK
from tests.killing.purchase import GONE, Purchase
from tests.killing.stage import Stage
from tools.postgres_cluster import Cluster

# A browser gives up; whoever waits longer was left hanging.
PATIENCE = 30.0
CLEAN = frozenset({200, 302, 303, 500, 502, 503})


class Hung(Exception):
    """A request was answered by something that is no answer: it hung, or another status came."""


def answer(url: str, fields: dict[str, str]) -> int:
    """The status of the payer's return; 0 where the line broke. Raises Hung."""
    try:
        with requests.Session() as browser:
            browser.trust_env = False
            reply = browser.post(url, data=fields, timeout=PATIENCE)
    except requests.Timeout:
        raise Hung(f"no answer within {PATIENCE:.0f} s") from None
    except GONE:
        return 0
    if reply.status_code not in CLEAN:
        raise Hung(f"status {reply.status_code}")
    return reply.status_code


def paid(running: Stage, first: int, count: int) -> list[Purchase]:
    """Purchases whose payers stand before the way back from the bank."""
    made = [Purchase.begin(running, first + number) for number in range(count)]
    for purchase in made:
        assert purchase.go_to_bank()
        purchase.pay_at_bank()
    return made


def return_and_reload(running: Stage, purchase: Purchase, tries: int = 20) -> int:
    """Come back until the portal answers with its own page; how many answers were errors."""
    url = f"{running.addresses.portal}{CALLBACK}"
    for errors in range(tries):
        if answer(url, purchase.fields) == 200:
            return errors
        time.sleep(1.0)
    raise Hung("the portal did not come back")


def postgres_restarts(running: Stage, first: int, cluster: Cluster) -> tuple[list[Purchase], str]:
    """Three restarts while payers come back, both processes of the portal left alone."""
    running.sound("web")
    running.sound("worker")
    made = paid(running, first, 12)
    _hang_up()
    over = threading.Event()

    def restart() -> None:
        for _time in range(3):
            time.sleep(0.5)
            cluster.stop()
            time.sleep(1.0)
            cluster.start()
        over.set()

    breaker = threading.Thread(target=restart)
    breaker.start()
    with ThreadPoolExecutor(4) as pool:
        errors = sum(pool.map(lambda one: return_and_reload(running, one), made))
    breaker.join()
    _hang_up()
    return (
        made,
        f"{errors} answers were 5xx, none hung; the reload worked, the worker went on by itself",
    )


def bank_fails(
    operation: str, kind: str, **more: object
) -> Callable[[Stage, int], tuple[list[Purchase], str]]:
    """The bank's next answers to an operation are spoiled, three purchases in a row."""

    def case(running: Stage, first: int) -> tuple[list[Purchase], str]:
        running.sound("web")
        running.sound("worker")
        made = paid(running, first, 3)
        for purchase in made:
            running.fault("bank", operation, kind, **more)
            return_and_reload(running, purchase)
        return made, ""

    return case


def sms_fails(kind: str, **more: object) -> Callable[[Stage, int], tuple[list[Purchase], str]]:
    """The provider's answer to the receipt is spoiled."""

    def case(running: Stage, first: int) -> tuple[list[Purchase], str]:
        running.sound("web")
        running.without("worker")
        made = paid(running, first, 3)
        for purchase in made:
            return_and_reload(running, purchase)
        running.fault("sms", "verify/lookup", kind, count=3, **more)
        running.sound("worker")
        return made, ""

    return case


def clock_jumps(seconds: int) -> Callable[[Stage, int], tuple[list[Purchase], str]]:
    """The portal's clock alone jumps between the way to the bank and back, and returns afterwards."""

    def case(running: Stage, first: int) -> tuple[list[Purchase], str]:
        running.sound("web")
        running.sound("worker")
        made = paid(running, first, 3)
        with portals_clock_moved(seconds):
            for purchase in made:
                return_and_reload(running, purchase)
        return made, ""

    return case


@contextlib.contextmanager
def portals_clock_moved(seconds: int) -> Iterator[None]:
    """The bank and the provider keep their time."""
    from septam import clock
    from septam.models import ClockOffset

    before = ClockOffset.objects.values_list("seconds", flat=True).first() or 0
    for offset in (before + seconds, before):
        ClockOffset.objects.update_or_create(pk=1, defaults={"seconds": offset})
        clock.forget()
        time.sleep(1.2)
        if offset != before:
            yield


def two_of_each(running: Stage, first: int) -> tuple[list[Purchase], str]:
    """Two web processes and two workers; of each payment ten copies of the return reach both at once."""
    running.sound("web")
    running.sound("worker")
    port = running.addresses.port + 3
    others = [running.start("web", port=port), running.start("worker")]
    urls = [f"{running.addresses.portal}{CALLBACK}", f"http://127.0.0.1:{port}{CALLBACK}"]
    try:
        made = paid(running, first, 8)
        copies = [(url, purchase.fields) for purchase in made for url in urls * 5]
        random.shuffle(copies)
        with ThreadPoolExecutor(10) as pool:
            statuses = list(pool.map(lambda copy: answer(*copy), copies))
        for purchase in made:
            purchase.settle_down()
    finally:
        for child in others:
            running.stop(child)
    return made, f"{len(copies)} returns, {statuses.count(200)} answered with the page"


def full_media(running: Stage, first: int) -> tuple[list[Purchase], str]:
    """The worker cannot write papers: money and SMS go on; the papers come once there is room."""
    from billing.models.invoices import PaperFile

    running.sound("web")
    running.without("worker")
    with tempfile.TemporaryDirectory() as name, full_disk(Path(name)) as (folder, make_room, how):
        worker = running.start("worker", SEPTAM_MEDIA_ROOT=str(folder))
        made = paid(running, first, 3)
        for purchase in made:
            return_and_reload(running, purchase)
            _ask_for_paper(purchase)
            purchase.settle_down()
        missing = PaperFile.objects.filter(order__in=[one.order for one in made], pdf="").count()
        make_room()
        late = _wait_for_papers(running, made)
        running.stop(worker)
    return made, f"{how}; {missing} papers waited, {missing - late} came once there was room"


def _ask_for_paper(purchase: Purchase) -> None:
    from billing.models.invoices import PaperFile

    PaperFile.objects.get_or_create(order=purchase.order, invoice=None)


def _wait_for_papers(running: Stage, made: list[Purchase]) -> int:
    from billing.models.invoices import PaperFile

    due = PaperFile.objects.filter(order__in=[one.order for one in made], pdf="")
    for _round in range(5):
        if not due.exists():
            return 0
        running.pass_time(120)
        time.sleep(6)
    return due.count()


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[tuple[Path, Callable[[], None], str]]:
    """A folder without room, what makes room in it, and how that was done: a small disk where one may be mounted, else no permission."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
        ballast = folder / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb") as file:
            file.write(b"x" * 1024 * 1024)
        grow = ["mount", "-o", "remount,size=64m", str(folder)]
        try:
            yield folder, lambda: subprocess.run(grow, check=True) and None, "a disk of 64 KB, full"
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        return
    # Even root cannot make a folder where a file stands.
    barrier = folder / "media"
    barrier.write_bytes(b"")

    def make_room() -> None:
        barrier.unlink()
        barrier.mkdir()

    yield barrier, make_room, "no file can be made in the folder"


def _hang_up() -> None:
    from django.db import connections

    connections.close_all()
