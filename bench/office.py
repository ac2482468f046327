"""What the pages of office and owner cost at three million places against ten thousand: lists, filters, searches, deep pages, forms.

It fills two databases of its own and takes about half an hour, most of it for the large one, which needs 30 GB of
disk while it lasts. SEPTAM_BENCH_PLACES=200000 makes a quick try of it. With SEPTAM_BENCH_KEEP the databases stay, and
serve the next run as long as what fills them is the same and they are not older than a day; migrations run on them.
"""

import hashlib
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.office_visits import Visitor, key_of, open_in_turn
from bench.stack import PORTAL, Stack
from bench.table import Row
from bench.yardstick import Yardstick

SMALL, LARGE = 10_000, int(os.environ.get("SEPTAM_BENCH_PLACES", "3000000"))
EMPTY, SMALL_NAME, LARGE_NAME = "bench_office_empty", "bench_office_small", "bench_office_large"
KEEPS = "SEPTAM_BENCH_KEEP" in os.environ
KEPT_HOURS = 24
# What makes the rows: a kept database made by other text is made anew.
FILLING = ("office_rows.py", "office_shapes.py", "office_people.py")
# Pages that miss are opened so often again, at both sizes: another program's noise is not growth.
ROUNDS = 2
# By kind of page: how many times the small one's cost, and the longest wait for the database in seconds.
GOALS: dict[str, tuple[float, float | None]] = {
    "list": (1.5, None),
    "filter": (1.5, None),
    "deep page": (1.5, None),
    "form": (1.5, None),
    "first page": (1.5, None),
    "search": (3.0, None),
    "rare search": (10.0, 0.3),
}
# While databases are loaded that are thrown away after the bench; rows are counted when they are all there.
LOADING = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "'8GB'", "autovacuum": "off"}


@dataclass(frozen=True)
class Pair:
    """A page at both sizes."""

    small: dict[str, Any]
    large: dict[str, Any]
    # The small one's list, where that stands in for the page.
    beside: dict[str, Any] | None = None

    @property
    def failed(self) -> bool:
        """Whether one of them does not open."""
        return not (self.small["cpu"] and self.large["cpu"])

    @property
    def kind(self) -> str:
        """Which goal it has."""
        return str(self.small["kind"])

    @property
    def ratio(self) -> float:
        """How many times the cost."""
        return float(self.large["cpu"] / self.small["cpu"])

    @property
    def holds(self) -> bool:
        """Whether the goal is met, with a constant number of queries."""
        most, longest = GOALS[self.kind]
        fast = longest is None or self.large["sql"] <= longest
        return self.ratio <= most and fast and self.large["queries"] <= self.small["queries"]

    @property
    def told(self) -> str:
        """What it is and what it costs."""
        small, large = self.small, self.large
        return (
            f"{self.ratio:.2f} × ({small['cpu'] * 1000:.0f} → {large['cpu'] * 1000:.0f} ms, SQL {large['sql'] * 1000:.0f} ms,"
            f" {small['queries']} → {large['queries']} queries)"
        )


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table, and every page below it."""
    for name, value in LOADING.items():
        stack.cluster.sql(f"ALTER SYSTEM SET {name} = {value}")
    stack.cluster.sql("SELECT pg_reload_conf()")
    try:
        make_empty(stack)
        _filled(stack, SMALL_NAME, SMALL)
        took = _filled(stack, LARGE_NAME, LARGE)
        pairs = _opened(stack)
    finally:
        for name in LOADING:
            stack.cluster.sql(f"ALTER SYSTEM RESET {name}")
        stack.cluster.sql("SELECT pg_reload_conf()")
        if not KEEPS:
            for name in (SMALL_NAME, LARGE_NAME):
                stack.cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    rows = [Row(f"office, {LARGE:,} places made in", "–", f"{sum(took.values()):.0f} s: {took}", None)]  # fmt: skip
    failed = [pair for pair in pairs if pair.failed]
    told = ", ".join(pair.large["what"] for pair in failed) or "0"
    rows.append(Row("office, pages that fail", "0", told, not failed))
    opened = [pair for pair in pairs if pair not in failed]
    return rows + _rows(opened), _notes(opened)


def _label(one: dict[str, Any]) -> str:
    return str(one["what"]).split(" ")[0].rstrip(":")


def _pairs(small: Visitor, large: Visitor) -> Iterator[Pair]:
    """Each page beside itself; one that shows fewer rows at the small size beside the whole list there.

    Drawing fifty rows costs more than drawing one, however many there are to choose from.
    """
    lists = {(one["who"], _label(one)): one for one in small.found.values() if one["kind"] == "list"}  # fmt: skip
    for key, one in large.found.items():
        whole = lists.get((one["who"], _label(one)))
        # A deep page of a list that is but a page or two at the small size stands beside that list.
        beside = small.found.get(key) or (whole if one["kind"] == "deep page" else None)
        if beside is None:
            continue
        if whole is not None and one["rows"] > beside["rows"] + 2 and whole["cpu"] > beside["cpu"]:
            yield Pair(whole | {"kind": one["kind"], "what": one["what"]}, one, whole)
        else:
            yield Pair(beside, one)


def make_empty(stack: Stack) -> None:
    """The database that both are copied from."""
    stack.cluster.sql(f"DROP DATABASE IF EXISTS {EMPTY} WITH (FORCE)")
    stack.cluster.sql(f"CREATE DATABASE {EMPTY}")
    for words in (("migrate", "--noinput"), ("setup_reference",), ("setup_roles",)):
        stack.manage(*words, environment=environment_of(stack, EMPTY))


def environment_of(stack: Stack, name: str) -> dict[str, str]:
    """The portal's environment, on another database."""
    url = stack.environment["DATABASE_URL"].replace(f"/{PORTAL}?", f"/{name}?")
    return stack.environment | {"DATABASE_URL": url}


def _filled(stack: Stack, name: str, places: int) -> dict[str, float]:
    """How long each step of filling took; a kept database is used again."""
    environment = environment_of(stack, name)
    kept = _kept(stack, name, places)
    if kept:
        stack.manage("migrate", "--noinput", environment=environment)
        return kept
    stack.cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    stack.cluster.sql(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
    begun = time.monotonic()
    took: dict[str, float] = stack.run("bench.office_rows", str(places), environment=environment)
    print(f"  {places:,} places in {time.monotonic() - begun:.0f} s: {took}", flush=True)
    note = json.dumps({"made": _made_by(places), "at": time.time(), "took": took})
    stack.cluster.sql(f"COMMENT ON DATABASE {name} IS '{note}'")
    return took


def _kept(stack: Stack, name: str, places: int) -> dict[str, float] | None:
    asked = (
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    )
    note = stack.cluster.sql(asked) if KEEPS else ""
    if not note:
        return None
    known = json.loads(note)
    is_same = known["made"] == _made_by(places) and known["at"] > time.time() - KEPT_HOURS * 3600
    return dict(known["took"]) if is_same else None


def _made_by(places: int) -> str:
    texts = b"".join((Path(__file__).parent / one).read_bytes() for one in FILLING)
    return f"{places} {hashlib.sha256(texts).hexdigest()}"


def _opened(stack: Stack) -> list[Pair]:
    """Every page at both sizes; what misses is opened again."""
    begun = time.monotonic()
    small, large = (Visitor(environment_of(stack, name)) for name in (SMALL_NAME, LARGE_NAME))
    open_in_turn((small, large), {**large.found, **small.found})
    for _round in range(ROUNDS):
        pairs = list(_pairs(small, large))
        missed = [pair for pair in pairs if not pair.failed and not pair.holds]
        again = {
            key_of(page) for pair in missed for page in (pair.large, pair.beside or pair.small)
        }
        open_in_turn((small, large), again)
    for visitor in (small, large):
        visitor.leave()
    print(f"  {len(large.found)} pages in {time.monotonic() - begun:.0f} s", flush=True)
    return list(_pairs(small, large))


def _rows(pairs: list[Pair]) -> list[Row]:
    """A row for each list and kind of page: the worst of them."""
    groups: dict[tuple[str, str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[(pair.kind, _label(pair.large), pair.large["who"])].append(pair)
    rows = []
    for (kind, label, who), found in sorted(groups.items()):
        worst = max(found, key=lambda pair: (not pair.holds, pair.ratio))
        most, longest = GOALS[kind]
        goal = f"≤ {most} ×" + (f", SQL ≤ {longest * 1000:.0f} ms" if longest else "")
        count = f" ({len(found)})" if len(found) > 1 else ""
        rows.append(Row(f"office, {kind}: {label}, {who}{count}", goal, worst.told, all(p.holds for p in found)))  # fmt: skip
    return rows


def _notes(pairs: list[Pair]) -> list[str]:
    missed = [pair for pair in pairs if not pair.holds]
    lines = [
        f"{pair.kind}: {pair.small['who']}: {pair.small['what']}: {pair.told}" for pair in missed
    ]
    counted = f"{len(pairs)} pages were opened at {SMALL:,} and at {LARGE:,} places; {len(missed)} of them miss their goal."
    return [counted, "", *(["```", *lines, "```"] if lines else [])]
