"""What the office costs at three million places against ten thousand: lists, filters, searches, deep pages, forms, the first page.

It fills two databases of its own and takes about a quarter of an hour, most of it for the large one, which needs 25 GB of
disk while it lasts. SEPTAM_BENCH_PLACES=200000 makes a quick try of it.
"""

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from bench.stack import PORTAL, Stack
from bench.table import Row
from bench.yardstick import Yardstick

SMALL, LARGE = 10_000, int(os.environ.get("SEPTAM_BENCH_PLACES", "3000000"))
EMPTY = "bench_office_empty"
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
# A server that loads a database which is thrown away after the bench.
LOADING = (
    "fsync = off",
    "full_page_writes = off",
    "max_wal_size = '16GB'",
    "shared_buffers = '1GB'",
)


@dataclass(frozen=True)
class Pair:
    """A page at both sizes."""

    small: dict[str, Any]
    large: dict[str, Any]

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
    for setting in LOADING:
        stack.cluster.sql(f"ALTER SYSTEM SET {setting}")
    stack.cluster.sql("SELECT pg_reload_conf()")
    _make_empty(stack)
    small, _took = _measured(stack, "bench_office_small", SMALL)
    large, took = _measured(stack, "bench_office_large", LARGE)
    pairs = _pairs(small, large)
    rows = [Row(f"office, {LARGE:,} places made in", "–", f"{sum(took.values()):.0f} s: {took}", None)]  # fmt: skip
    failed = [pair for pair in pairs if not pair.small["queries"] or not pair.large["queries"]]
    told = ", ".join(pair.large["what"] for pair in failed) or "0"
    rows.append(Row("office, pages that fail", "0", told, not failed))
    opened = [pair for pair in pairs if pair not in failed]
    return rows + _rows(opened), _notes(opened)


def _label(one: dict[str, Any]) -> str:
    return str(one["what"]).split(" ")[0].rstrip(":")


def _pairs(small: list[dict[str, Any]], large: list[dict[str, Any]]) -> list[Pair]:
    """Each page beside itself; one that shows fewer rows at the small size beside the whole list there.

    Drawing fifty rows costs more than drawing one, however many there are to choose from.
    """
    names = {(one["who"], one["what"], one["kind"]): one for one in small}
    lists = {(one["who"], _label(one)): one for one in small if one["kind"] == "list"}
    pairs = []
    for one in large:
        beside = names.get((one["who"], one["what"], one["kind"]))
        if beside is None:
            continue
        whole = lists.get((one["who"], _label(one)))
        if whole is not None and one["rows"] > beside["rows"] + 2 and whole["cpu"] > beside["cpu"]:
            beside = whole | {"kind": one["kind"], "what": one["what"]}
        pairs.append(Pair(beside, one))
    return pairs


def _make_empty(stack: Stack) -> None:
    """The database that both are copied from."""
    stack.cluster.sql(f"DROP DATABASE IF EXISTS {EMPTY} WITH (FORCE)")
    stack.cluster.sql(f"CREATE DATABASE {EMPTY}")
    for words in (("migrate", "--noinput"), ("setup_reference",), ("setup_roles",)):
        stack.manage(*words, environment=_environment(stack, EMPTY))


def _environment(stack: Stack, name: str) -> dict[str, str]:
    url = stack.environment["DATABASE_URL"].replace(f"/{PORTAL}?", f"/{name}?")
    return stack.environment | {"DATABASE_URL": url}


def _measured(
    stack: Stack, name: str, places: int
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    stack.cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    stack.cluster.sql(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
    environment = _environment(stack, name)
    try:
        begun = time.monotonic()
        took = stack.run("bench.office_rows", str(places), environment=environment)
        print(f"  {places:,} places in {time.monotonic() - begun:.0f} s: {took}", flush=True)
        found = stack.run("bench.office_pages", environment=environment)
        print(f"  {len(found)} pages opened after {time.monotonic() - begun:.0f} s", flush=True)
        return found, took
    finally:
        if "SEPTAM_BENCH_KEEP" not in os.environ:
            stack.cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


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
