"""Two visitors, one at each size, who open the same page in turn: what slows the machine down meanwhile slows both."""

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from tools.environment import CLONE

# After one visit that warms up, the least of so many counts.
TIMES = 5
# A page that takes longer is not opened again and again.
LONG = 3.0
Key = tuple[str, str, str]


def key_of(page: dict[str, Any]) -> Key:
    """What a page is called at both sizes."""
    return page["kind"], page["who"], page["what"]


class Visitor:
    """A process on one database that opens pages as it is told, and what each cost it (seconds) so far."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.office_pages"],
            cwd=CLONE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        pages: list[dict[str, Any]] = self._answer()
        self._index = {key_of(page): index for index, page in enumerate(pages)}
        self.found: dict[Key, dict[str, Any]] = {key_of(page): page for page in pages}

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("bench: a visitor of the office has ended; its last words stand above")
        return json.loads(line)

    def visit(self, key: Key) -> dict[str, Any]:
        """Open the page once."""
        assert self._process.stdin is not None
        print(self._index[key], file=self._process.stdin, flush=True)
        return dict(self._answer())

    def note(self, key: Key, cost: dict[str, Any]) -> None:
        """Keep the least of each figure: others on the machine only ever add to it."""
        page = self.found[key]
        for figure in ("cpu", "sql", "queries"):
            page[figure] = min(page.get(figure, cost[figure]), cost[figure])
        page |= {"rows": cost["rows"], "led": cost["led"]}

    def leave(self) -> None:
        """The process ends."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def open_in_turn(visitors: tuple[Visitor, ...], keys: Iterable[Key]) -> None:
    """Each page at every size that has it, by turns."""
    for key in keys:
        there = [visitor for visitor in visitors if key in visitor.found]
        slowest = max(visitor.visit(key)["cpu"] for visitor in there)
        for _time in range(TIMES if slowest < LONG else 1):
            for visitor in there:
                visitor.note(key, visitor.visit(key))
