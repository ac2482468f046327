"""One table of events: the files under data/, docs/messages.md and the code say the same."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from notifications.events import Event, all_events, event_of
from notifications.texts import SmsText, events

ROOT = Path(__file__).resolve().parents[2]
APPS = ("notifications", "sites", "accounts", "inspections", "billing", "portal")
# The functions that tell somebody something, and are given the event's name.
TELLING = {"queue", "add", "notice", "sms", "_tell", "_notice", "_add", "_in_queue_again"}
SMS = {text.event: text for text in events()}


def sources() -> Iterator[ast.Module]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"))


def constants() -> set[str]:
    nodes = (node for module in sources() for node in ast.walk(module))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def told_in_code() -> set[str]:
    """The names of events that are given to a function which tells."""
    found = set()
    for module in sources():
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in TELLING:
                found |= {a.value for a in call.args if isinstance(a, ast.Constant)}
    return {str(word) for word in found if re.fullmatch(r"[a-z]+\.[a-z_]+", str(word))}


def row(event: Event, text: SmsText | None) -> str:
    """The event's line in docs/messages.md."""
    sms = "–" if text is None else "essential" if text.essential else "optional"
    page = f"`{event.notice}`" if event.notice else "–"
    return f"| `{event.name}` | {event.when} | {event.to} | {sms} | {page} |"


def test_every_event_of_the_code_stands_in_the_table() -> None:
    assert told_in_code() - set(all_events()) == set()


def test_every_event_of_the_table_is_told_by_the_code() -> None:
    assert set(all_events()) - constants() == set()


def test_every_sms_has_its_event_and_every_event_tells_by_something() -> None:
    assert set(SMS) - set(all_events()) == set()
    silent = {name for name, event in all_events().items() if name not in SMS and not event.notice}
    assert silent == set()


def test_only_who_cannot_read_notices_has_none() -> None:
    without = {name for name, event in all_events().items() if not event.notice}
    others = {name for name in without if event_of(name).to != "owner"}
    # Whoever waits for a password or a code is not signed in; the earlier number is no way to the account any more.
    assert without - others == {
        "registration.password", "recovery.password", "login.code", "account.mobile_changed", "account.closed",
    }  # fmt: skip


def test_the_moments_are_told_in_short_persian_words() -> None:
    for event in all_events().values():
        assert 0 < len(event.when) <= 90, event.name
        assert not re.search(r"[a-z!0-9]", event.when), event.name


def test_the_document_shows_the_same_table() -> None:
    wanted = [row(event, SMS.get(name)) for name, event in all_events().items()]
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| `[a-z]+\.", line)]
    shown = [line for line in rows if line.count("|") == wanted[0].count("|")]
    assert shown == wanted
