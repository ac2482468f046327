"""Where a drill's output goes: between its markers in docs/operations.md."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
OPERATIONS = CLONE / "docs" / "operations.md"


def head() -> str:
    """When, and on which commit."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, cwd=CLONE, capture_output=True, text=True).stdout.strip()
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'unknown'}."


def keep(name: str, body: str, path: Path = OPERATIONS) -> None:
    """Put the text between the markers of this name. Raises ValueError where they are not there."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = path.read_text(encoding="utf-8").partition(begin)
    _old, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{path} has no markers «{name}»")
    path.write_text(f"{before}{begin}\n{head()}\n\n{body}\n{end}{after}", encoding="utf-8")


def table(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in [columns, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(columns), *lines[1:]])
