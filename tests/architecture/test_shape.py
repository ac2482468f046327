"""Size and shape of the code: short files, short functions, no signals, no bare save."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import APPS, CLONE, FOLDERS, parsed, place, python_files

LONGEST_FILE, LONGEST_TEST_FILE = 350, 600
LONG_FUNCTION, LONGEST_FUNCTION, SHORT_SHARE = 40, 45, 0.95
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(*folders: str) -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in python_files(*folders):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_too_long(folder: str) -> None:
    limit = LONGEST_TEST_FILE if folder == "tests" else LONGEST_FILE
    long = {str(p.relative_to(CLONE)): length(p) for p in python_files(folder) if length(p) > limit}
    assert long == {}


def test_no_template_script_or_style_sheet_is_too_long() -> None:
    found = [*(CLONE / "templates").rglob("*.html")]
    for kind in ("*.js", "*.css"):
        found += [path for path in (CLONE / "static").rglob(kind) if "vendor" not in path.parts]
    assert {str(p.relative_to(CLONE)): length(p) for p in found if length(p) > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    found = functions(*FOLDERS)
    long = [
        f"{place(p, n)} {n.name}: {lines_of(n)}" for p, n in found if lines_of(n) > LONGEST_FUNCTION
    ]
    assert long == []


def test_nearly_all_functions_are_short() -> None:
    lengths = [lines_of(node) for _path, node in functions(*APPS, "simulators", "tools")]
    assert sum(one <= LONG_FUNCTION for one in lengths) >= SHORT_SHARE * len(lengths)


def test_every_function_of_the_apps_is_annotated() -> None:
    bare = []
    for path, node in functions(*APPS, "simulators", "tools"):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        missing = [
            a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}
        ]
        if missing or node.returns is None:
            bare.append(f"{place(path, node)} {node.name} {missing}")
    assert bare == []


def test_no_module_has_a_vague_name() -> None:
    found = python_files(*FOLDERS)
    assert [str(p.relative_to(CLONE)) for p in found if p.stem in VAGUE_NAMES] == []


def test_nothing_listens_to_signals() -> None:
    pattern = re.compile(
        r"django\.dispatch|db\.models\.signals|\bpost_save\b|\bpre_save\.connect|@receiver\b"
    )
    found = python_files(*APPS)
    assert [str(p.relative_to(CLONE)) for p in found if pattern.search(p.read_text())] == []


def calls(name: str, *folders: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in python_files(*folders):
        for node in ast.walk(parsed(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == name
            ):
                yield path, node


def is_framework_save(node: ast.Call) -> bool:
    """super().save(…) hands on what it got; form.save() and storage.save(name, file) are not a model's."""
    assert isinstance(node.func, ast.Attribute)
    owner = node.func.value
    if (
        isinstance(owner, ast.Call)
        and isinstance(owner.func, ast.Name)
        and owner.func.id == "super"
    ):
        return True
    named = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return "form" in named or bool(node.args)


def test_a_save_names_its_fields_or_creates() -> None:
    bare = []
    for path, node in calls("save", *APPS):
        given = {keyword.arg for keyword in node.keywords}
        if not given & {"update_fields", "force_insert", "commit"} and not is_framework_save(node):
            bare.append(place(path, node))
    assert bare == []


def test_no_template_trusts_text_blindly() -> None:
    pattern = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")
    found = [path for path in CLONE.glob("**/templates/**/*.html") if ".venv" not in path.parts]
    assert [str(p.relative_to(CLONE)) for p in found if pattern.search(p.read_text())] == []


def test_no_template_carries_inline_script_or_style() -> None:
    """The content security policy forbids them: the browser would drop them silently."""
    pattern = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle=|\son[a-z]+=", re.I
    )
    found = list((CLONE / "templates").rglob("*.html"))
    assert [str(p.relative_to(CLONE)) for p in found if pattern.search(p.read_text())] == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    pattern = re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b")
    found = [path for path in python_files("tests") if path != Path(__file__)]
    assert [str(p.relative_to(CLONE)) for p in found if pattern.search(p.read_text())] == []
