"""How each promise is shown: writes docs/quality.md from the table below and from what the runs kept.

python tools/quality.py            writes it
python tools/quality.py --check    says which commands and figures are not there

A promise is shown by a run that keeps its figures in a file, or by tests of every `make test`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
PAGE = CLONE / "docs" / "quality.md"
BEGIN, END = "<!-- quality: begin -->", "<!-- quality: end -->"
PROMISES = CLONE / "tools" / "promises.txt"
_MISSED = {"MISSED", "LONG", "FAILS", "**broken**"}
# What a run saw stands in one of these columns, the first that is there; else in several.
_SEEN = ("figure", "seen", "longest wait of others", "rows in the end")
_COUNTS = ("tries", "lost", "doubled", "SMS twice")
_WHEN = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC(?:, commit (\w+))?")


@dataclass(frozen=True)
class Promise:
    """A row: what, its goal, the command that shows it, and where its figure stands (as promises.txt says)."""

    what: str
    goal: str
    command: str
    source: str


@dataclass(frozen=True)
class Figure:
    """What a run kept last: its cells by their column's name, or one sentence; and when."""

    cells: dict[str, str]
    when: str

    @property
    def misses(self) -> bool:
        """Whether its verdict says so."""
        return bool(_MISSED & set(self.cells.values()))

    @property
    def size(self) -> float:
        """The first number of what was seen, by which the worst of several is shown."""
        number = re.search(r"\d+(\.\d+)?", self.text.replace(",", ""))
        return float(number[0]) if number else 0.0

    @property
    def text(self) -> str:
        """The cell with what was seen, or the counts that matter."""
        for name in _SEEN:
            if self.cells.get(name, "–") != "–":
                return self.cells[name]
        return ", ".join(f"{name} {self.cells[name]}" for name in _COUNTS if name in self.cells)


def promises() -> dict[str, list[Promise]]:
    """Each group with its rows. Raises ValueError for a line that is no row."""
    found: dict[str, list[Promise]] = {}
    for line in PROMISES.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            found[line[3:]] = []
        elif line and not line.startswith("#"):
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != 4:
                raise ValueError(f"{PROMISES.name}: {line}")
            list(found.values())[-1].append(Promise(*parts))
    return found


def figures(promise: Promise) -> list[Figure]:
    """Every line of the run's table that begins with the words; none where the run kept none."""
    name, section, words = (part.strip() for part in promise.source.split("§"))
    text, start = _section((CLONE / name).read_text(encoding="utf-8"), section)
    dated = _WHEN.search(text)
    if dated is None:
        return []
    line = start + text[: dated.start()].count("\n") + 1
    when = ", ".join(filter(None, (f"{dated[1]} UTC", dated[2] or _kept_in(name, line))))
    table = [line for line in text.splitlines() if line.startswith("| ")]
    if words.startswith("~"):
        said = re.split(r"(?<=\.)\s|-->", text)
        return [Figure({"figure": one.strip()}, when) for one in said if words[1:] in one][:1]
    if not table:
        return []
    columns, *rows = ([cell.strip() for cell in row.strip("|").split("|")] for row in table)
    return [Figure(dict(zip(columns, row, strict=False)), when) for row in rows if row[0].startswith(words)]  # fmt: skip


def _section(text: str, name: str) -> tuple[str, int]:
    """A section of a kept file, between its markers or under its heading, and the number of lines before it."""
    marked = f"<!-- {name}: begin -->"
    at = text.find(marked)
    end = text.find(f"<!-- {name}: end -->", at) if at >= 0 else -1
    if at < 0:
        at = f"\n{text}".find(f"\n## {name}\n")
        end = text.find("\n## ", at + 1) if at >= 0 else -1
    if at < 0:
        return "", 0
    return text[at : end if end > at else len(text)], text[:at].count("\n")


def _kept_in(name: str, line: int) -> str:
    """The commit that kept this line; empty outside a repository."""
    command = ["git", "blame", "--porcelain", "-L", f"{line},{line}", "--", name]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True)
    commit = done.stdout[:9]
    return f"kept in {commit}" if done.returncode == 0 and commit.strip("0") else ""


def told(promise: Promise) -> str:
    """The last cell of a row."""
    if promise.source == "tests":
        command = re.match(r"`make [a-z]+`", promise.command)
        return f"holds in every {command[0]}" if command else "–"
    found = figures(promise)
    if not found:
        return "not kept yet"
    name = promise.source.partition("§")[0].strip()
    link = f"[{Path(name).name}]({'../' if not name.startswith('docs/') else ''}{name.removeprefix('docs/')})"
    missed = [one for one in found if one.misses]
    worst = max(missed or found, key=lambda one: one.size)
    count = f"{len(found) - len(missed)} of {len(found)} hold, the worst: " if len(found) > 1 else ""  # fmt: skip
    word = " **missed**" if missed else ""
    return f"{count}{worst.text}{word} ({worst.when}, {link})"


def written() -> str:
    """All tables."""
    lines: list[str] = []
    for group, rows in promises().items():
        lines += [f"## {group}", "", "| what | goal | command | last figure |", "|---|---|---|---|"]
        lines += [f"| {one.what} | {one.goal} | {one.command} | {told(one)} |" for one in rows]
        lines.append("")
    return "\n".join(lines)


def missing() -> list[str]:
    """Commands that do not exist, and sources without a file."""
    targets = set(re.findall(r"(?m)^([a-z-]+):", (CLONE / "Makefile").read_text()))
    found = []
    for promise in (one for rows in promises().values() for one in rows):
        named = re.findall(r"make ([a-z-]+)", promise.command)
        paths = re.findall(r"[\w./-]+\.(?:py|md|txt)|tests/[\w/]+", promise.command)
        found += [f"make {name}" for name in named if name not in targets]
        found += [path for path in paths if not (CLONE / path).exists()]
        if not named and not paths and "manage.py" not in promise.command:
            found.append(f"no command: {promise.what}")
        if (
            promise.source != "tests"
            and not (CLONE / promise.source.partition("§")[0].strip()).exists()
        ):
            found.append(promise.source)
    return found


def main() -> int:
    """Write the page, or look whether what it names is there."""
    if "--check" in sys.argv:
        faults = missing()
        print("\n".join(faults) or "every command is there")
        return int(bool(faults))
    before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{written()}{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
