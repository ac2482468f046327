"""How much memory a web process takes after 10,000 requests beside a bare one after as many, and whether it grows."""

from collections.abc import Sequence
from pathlib import Path

from bench import cpu
from bench.clients import Browser, at_once
from bench.pages import OWNED, PUBLIC
from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

PEOPLE, REQUESTS = 20, 10_000
RATIO, GROWTH = 2.5, 1.03


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table."""
    seeds = stack.run("bench.seed", str(PEOPLE), "5")
    owners = [(Browser(stack.url, one["session"]), one["places"][0]) for one in seeds]
    half = _visit(owners, [*OWNED, *PUBLIC], REQUESTS // 2) or _per_worker(stack.web.process.pid)
    whole = _visit(owners, [*OWNED, *PUBLIC], REQUESTS // 2) or _per_worker(stack.web.process.pid)
    _visit([(browser, 0) for browser in yardstick.known], ["/in/"], REQUESTS)
    bare = _per_worker(stack.bare.process.pid)
    ratio, growth = whole / bare, whole / half
    return [
        Row(f"memory of a web process after {REQUESTS:,} requests (PSS)", f"≤ {RATIO} × the bare one's",
            f"{ratio:.2f} × ({whole:.0f} against {bare:.0f} MB)", ratio <= RATIO),
        Row("  the second half of the requests", f"≤ {GROWTH} × after the first half",
            f"{growth:.3f} × ({half:.1f} → {whole:.1f} MB)", growth <= GROWTH),
    ], []  # fmt: skip


def _visit(people: Sequence[tuple[Browser, int]], paths: Sequence[str], requests: int) -> None:
    each = requests // len(people)

    def visit(who: tuple[Browser, int]) -> None:
        for number in range(each):
            who[0].get(paths[number % len(paths)].format(place=who[1]))

    failed = at_once(visit, people)
    if failed:
        raise SystemExit(f"bench: memory: {failed[0]}")


def _per_worker(parent: int) -> float:
    """MB of a web process: the mean of those that the server started."""
    workers = cpu.children_of(parent)
    return sum(map(_pss, workers)) / len(workers)


def _pss(pid: int) -> float:
    """Its own memory and its part of what it shares, in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
