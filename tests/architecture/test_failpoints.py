"""Every word with a bank or the SMS provider, and every commit of payments and the outbox, has its failpoint."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from septam import failpoints
from tests.architecture.source import CLONE, parsed, place, python_files

OUTBOX = [
    CLONE / "notifications" / f"{stem}.py"
    for stem in (
        "outbox",
        "claiming",
        "marks",
        "sending",
        "sweeping",
        "circuit",
        "delivery",
        "watch",
    )
]
# What talks to a bank or to the provider of SMS: methods of a gateway, of a provider.
OUTSIDE = {
    "start", "confirm", "inquire", "reverse", "unconfirmed", "send", "sent_as", "deliveries", "credit",
}  # fmt: skip
SPEAKERS = {"gateway", "bank", "provider"}
# Writes that commit by themselves where no transaction is open.
WRITES = {"update", "bulk_update", "bulk_create", "create", "save", "delete"}


def guarded_files() -> list[Path]:
    """Payments, their review, refunds through a bank, and the outbox."""
    billing = [
        path for path in python_files("billing")
        if path.stem in {"payments", "review", "refunds"}
        or {"payments", "review", "refunds"} & {folder.name for folder in path.parents}
    ]  # fmt: skip
    talks = [path for path in billing if "admin" not in path.parts]
    return [*talks, *OUTBOX]


def _called(node: ast.AST) -> tuple[str, str]:
    """(owner, method) of a call such as gateway.confirm(…) or gateways.gateway(name).confirm(…)."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return "", ""
    owner = node.func.value
    while isinstance(owner, ast.Call):
        owner = owner.func
    return getattr(owner, "id", getattr(owner, "attr", "")), node.func.attr


def is_outside_call(node: ast.AST) -> bool:
    owner, method = _called(node)
    return method in OUTSIDE and owner in SPEAKERS


def is_hit(statement: ast.stmt | None) -> bool:
    return isinstance(statement, ast.Expr) and _called(statement.value) == ("failpoints", "hit")


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body:
                yield body


def own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statement without the statements inside it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.stmt)]


def unguarded_calls(tree: ast.AST) -> Iterator[ast.AST]:
    for body in bodies(tree):
        for statement, following in zip(body, [*body[1:], None], strict=True):
            calls = [node for node in own_expressions(statement) if is_outside_call(node)]
            if calls and not is_hit(following):
                yield calls[0]


def bare_transactions(tree: ast.AST) -> Iterator[ast.AST]:
    """Transactions that commit: atomic() outside any function that runs in its caller's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With):
            names = [_called(item.context_expr) for item in node.items]
            if ("transaction", "atomic") in names and not _is_savepoint(node):
                yield node


def _is_savepoint(node: ast.With) -> bool:
    """A savepoint is there to survive a refused row: it stands alone in a try that catches IntegrityError."""
    return getattr(node, "savepoint", False)


def mark_savepoints(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and len(node.body) == 1 and isinstance(node.body[0], ast.With):
            caught = {getattr(handler.type, "id", "") for handler in node.handlers}
            node.body[0].savepoint = caught == {"IntegrityError"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", guarded_files(), ids=lambda path: str(path.relative_to(CLONE)))
def test_every_outside_call_and_commit_has_a_failpoint(path: Path) -> None:
    tree = parsed(path)
    mark_savepoints(tree)
    found = [*unguarded_calls(tree), *bare_transactions(tree)]
    assert [f"{place(path, node)} {ast.unparse(node)[:80]}" for node in found] == []


# The door runs in its callers' transactions; a figure of credit that is lost is asked for again.
SENDER = [path for path in OUTBOX if path.stem not in {"outbox", "watch"}]


@pytest.mark.parametrize("path", SENDER, ids=lambda path: path.stem)
def test_every_write_of_the_sender_that_commits_by_itself_has_a_failpoint(path: Path) -> None:
    inside = {
        id(inner)
        for node in ast.walk(parsed(path)) if isinstance(node, ast.With)
        for inner in ast.walk(node)
    }  # fmt: skip
    bare = []
    for body in bodies(parsed(path)):
        for statement, following in zip(body, [*body[1:], None], strict=True):
            writes = [
                node for node in own_expressions(statement)
                if _called(node)[1] in WRITES and id(node) not in inside
            ]  # fmt: skip
            if writes and not is_hit(following):
                bare.append(place(path, statement))
    assert bare == []


def _names_used() -> Counter[str]:
    used: Counter[str] = Counter()
    for path in python_files("septam", "notifications", "billing"):
        for node in ast.walk(parsed(path)):
            owner, method = _called(node)
            if owner == "failpoints" and method in {"hit", "commit"}:
                assert isinstance(node, ast.Call)
                assert isinstance(node.args[0], ast.Constant), place(path, node)
                name = str(node.args[0].value)
                used.update([f"{name}.write", f"{name}.written"] if method == "commit" else [name])
    return used


def test_each_name_of_the_list_stands_at_exactly_one_place() -> None:
    assert len(set(failpoints.NAMES)) == len(failpoints.NAMES)
    assert _names_used() == Counter(failpoints.NAMES)


def test_the_walk_sees_a_call_and_a_commit_without_a_point() -> None:
    code = (
        "def f():\n    answer = gateways.gateway(name).confirm(sale)\n    write(answer)\n"
        "    with transaction.atomic():\n        pass\n    provider().send(sms)\n    failpoints.hit('x')\n"
    )
    tree = ast.parse(code)
    mark_savepoints(tree)
    assert [ast.unparse(node) for node in unguarded_calls(tree)] == [
        "gateways.gateway(name).confirm(sale)"
    ]
    assert len(list(bare_transactions(tree))) == 1
