"""How the tests are shared out between processes: one by one, but what shares something costly stays in one process.

A running stack, or every page of the registry rendered and looked at in a browser, would else be made once a process. Such
groups begin first, then what is marked slow: what takes long must not be the last to begin.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

# By the beginning of the file's name; the first that fits counts.
GROUPS = {
    "tests/browser/test_axe.py": "pages",
    "tests/front/test_pages_html.py": "pages",
    "tests/browser/": "stack",
}


class Together(LoadScopeScheduling):
    """Hands out a group as one piece of work, any other test as a piece of its own; the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for start, name in GROUPS.items() if nodeid.startswith(start)), nodeid)


def slow_first(items: list[pytest.Item]) -> None:
    """Else the order stays as it is: random."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
