"""An app imports only what stands above it; simulators and portal know nothing of each other."""

import ast
from pathlib import Path

import pytest

from tests.architecture import source
from tests.architecture.source import APPS, imported_modules, place, python_files

# The project's own switchboard may name every app.
SEES_ALL = {"septam/urls.py"}
# Every app's rows may belong to a user: the type (never the module at run time) may be named for mypy.
FOR_TYPES_ONLY = {"accounts.models", "accounts.models.User"}


def wrong_imports(app: str, allowed: set[str]) -> list[str]:
    """Imports of our own packages in this one that are not among the allowed."""
    ours = {*APPS, "simulators", "tests", "tools", "bench"}
    found = []
    for path in python_files(app):
        if path.relative_to(source.CLONE).as_posix() in SEES_ALL:
            continue
        typing_only = nodes_for_types_only(path)
        for name, node in imported_modules(path):
            if name in FOR_TYPES_ONLY and node in typing_only:
                continue
            if name.partition(".")[0] in ours - allowed:
                found.append(f"{place(path, node)} imports {name}")
    return sorted(set(found))


def nodes_for_types_only(path: Path) -> set[ast.AST]:
    """What stands under `if TYPE_CHECKING:`."""
    blocks = (
        node
        for node in ast.walk(source.parsed(path))
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
    )
    return {
        inside for block in blocks for statement in block.body for inside in ast.walk(statement)
    }


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_what_stands_above_it(app: str) -> None:
    allowed = set(APPS[: APPS.index(app) + 1])
    assert wrong_imports(app, allowed) == []


def test_the_simulators_import_nothing_of_the_portal() -> None:
    assert wrong_imports("simulators", {"simulators"}) == []


def test_the_tools_and_benches_import_no_simulator() -> None:
    assert wrong_imports("tools", {*APPS, "tools"}) == []


def test_the_walk_sees_imports_inside_functions_and_relative_ones() -> None:
    path = source.CLONE / "sites" / "imagined.py"
    code = "def f():\n    from billing import pricing\n    from . import models\n    import_module('portal.views')\n"
    source_of = ast.parse(code)
    original = source.parsed
    try:
        source.parsed = lambda _path: source_of  # type: ignore[assignment]
        names = {name for name, _node in imported_modules(path)}
    finally:
        source.parsed = original
    assert {"billing", "billing.pricing", "sites.models", "portal.views"} <= names


@pytest.mark.parametrize("app", APPS)
def test_migrations_too_depend_only_on_apps_above(app: str) -> None:
    labels = {"sites": "septam_sites"}
    below = {labels.get(one, one) for one in APPS[APPS.index(app) + 1 :]}
    found = []
    for path in sorted((source.CLONE / app / "migrations").glob("*.py")):
        for node in ast.walk(source.parsed(path)):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                names = [one.value for one in node.elts if isinstance(one, ast.Constant)]
                if len(names) == 2 and names[0] in below:
                    found.append(f"{place(path, node)} depends on {names[0]}")
    assert found == []
