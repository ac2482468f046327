"""One table for all benches: goal, figure, verdict."""

import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from septam import clock

RESULTS = Path(__file__).parent / "results.md"
COLUMNS = ("what", "goal", "figure", "verdict")


@dataclass(frozen=True)
class Row:
    """A promise, what was measured, and whether it holds; None: a figure for the reader, without a goal."""

    what: str
    goal: str
    figure: str
    holds: bool | None

    @property
    def verdict(self) -> str:
        """In a word."""
        return "–" if self.holds is None else ("holds" if self.holds else "MISSED")


def text(rows: Iterable[Row]) -> str:
    """The table in Markdown, which reads well on a terminal too."""
    cells = [COLUMNS, *((row.what, row.goal, row.figure, row.verdict) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(COLUMNS))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in cells]  # fmt: skip
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def machine() -> str:
    """The machine and its software, for the reader of old results."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    count = len(list(Path("/sys/devices/system/cpu").glob("cpu[0-9]*")))
    return f"{model}, {count} processors, Linux {platform.release()}, Python {platform.python_version()}"


def write(name: str, rows: list[Row], notes: Iterable[str]) -> None:
    """Keep the table in the bench's own section of bench/results.md; the other sections stay as they are."""
    written = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    parts = re.split(r"^## (\w+)\n", written, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    when = f"{clock.machine_now():%Y-%m-%d %H:%M} UTC, {machine()}."
    sections[name] = "\n".join(["", when, "", text(rows), "", *notes, ""])
    whole = "".join(f"## {one}\n{body.rstrip()}\n\n" for one, body in sections.items())
    RESULTS.write_text(
        f"# What `make bench` measured last\n\n{whole}".rstrip() + "\n", encoding="utf-8"
    )
