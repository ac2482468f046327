"""CPU time of whole process trees, from /proc: what others do on the machine at the same time does not count."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    """The fields after the command's name, which may hold spaces and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int(_fields(int(folder.name))[1])
            except (OSError, IndexError):
                continue  # it ended meanwhile
            found.setdefault(parent, []).append(int(folder.name))
    return found


def seconds(root: int) -> float:
    """User and system time of a process, its descendants, and those of them that ended already."""
    children = _children()
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        try:
            fields = _fields(pid)
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
        waiting.extend(children.get(pid, ()))
    return total / TICKS


def children_of(pid: int) -> list[int]:
    """The processes that this one started and that still run."""
    return _children().get(pid, [])
