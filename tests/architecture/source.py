"""Our own source files, parsed once for the tests of shape and layers."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent.parent
APPS = ("septam", "notifications", "sites", "accounts", "inspections", "billing", "portal")
FOLDERS = (*APPS, "simulators", "tools", "bench", "tests")


def python_files(*folders: str) -> list[Path]:
    """Every Python file of these folders that a person wrote (migrations are generated)."""
    found = (path for name in folders for path in sorted((CLONE / name).rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(CLONE)}:{getattr(node, 'lineno', 0)}"


def imported_modules(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Dotted names that a file imports, at any depth; relative ones are made absolute."""
    package = path.relative_to(CLONE).parent.parts
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, node.module)) if node.module else ".".join(above)
            yield base, node
            yield from ((f"{base}.{alias.name}", node) for alias in node.names)
        elif _is_import_call(node):
            yield str(node.args[0].value), node  # type: ignore[attr-defined]


def _is_import_call(node: ast.AST) -> bool:
    """import_module("…") and __import__("…") count as imports."""
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in {"import_module", "__import__"} and isinstance(node.args[0].value, str)
