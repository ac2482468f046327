"""The portal's Persian catalogues: one hand-kept locale/fa/<app>.po per app, merged and compiled without gettext's programs.

    python tools/messages.py compile   → locale/fa/LC_MESSAGES/django.mo, when a catalogue is newer than it
    python tools/messages.py check     → missing, empty, fuzzy, doubled, contradicting, unused or ill-spelt messages

`overrides.po` holds our wording of messages that Django and other packages ask for: those need not occur in our code.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

CLONE = Path(__file__).resolve().parent.parent
APPS = ("septam", "notifications", "sites", "accounts", "inspections", "billing", "portal")
CATALOGUES = Path("locale/fa")
COMPILED = CATALOGUES / "LC_MESSAGES" / "django.mo"
OVERRIDES = "overrides.po"
HEADER = {
    "Language": "fa",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
TEMPLATE_SUFFIXES = {".html", ".txt", ".svg", ".xml"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}")
ILL_SPELT = {"ي": "ی", "ك": "ک", "تایید": "تأیید", "!": "no exclamation mark", "ۀ": "هٔ"}

Key = tuple[str | None, str]


@dataclass
class Catalogues:
    """All entries by (context, id), with what is wrong among them."""

    entries: dict[Key, polib.POEntry] = field(default_factory=dict)
    home: dict[Key, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def sources(clone: Path) -> list[Path]:
    """The catalogue files, overrides last so that an app's own text wins."""
    found = sorted((clone / CATALOGUES).glob("*.po"))
    return sorted(found, key=lambda path: path.name == OVERRIDES)


def read(clone: Path) -> Catalogues:
    """Reads every catalogue; faults inside them are collected, not raised."""
    catalogues = Catalogues()
    for path in sources(clone):
        try:
            file = polib.pofile(str(path), encoding="utf-8")
        except (OSError, ValueError, SyntaxError) as error:
            catalogues.faults.append(f"{path.name}: cannot be read: {error}")
            continue
        seen: set[Key] = set()
        for entry in file:
            if not entry.obsolete:
                _take(catalogues, entry, path.name, seen)
    return catalogues


def _take(catalogues: Catalogues, entry: polib.POEntry, name: str, seen: set[Key]) -> None:
    key: Key = (entry.msgctxt or None, entry.msgid)
    if key in seen:
        catalogues.faults.append(f"{name}: «{entry.msgid}» stands twice")
    seen.add(key)
    catalogues.faults.extend(f"{name}: «{entry.msgid}» {fault}" for fault in _faults_of(entry))
    first = catalogues.entries.setdefault(key, entry)
    where = catalogues.home.setdefault(key, name)
    if where != name and (first.msgstr, first.msgstr_plural) != (entry.msgstr, entry.msgstr_plural):
        catalogues.faults.append(f"{name}: «{entry.msgid}» has another text in {where}")


def _faults_of(entry: polib.POEntry) -> Iterator[str]:
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield "is fuzzy"
    if not texts or not all(text.strip() for text in texts):
        yield "has no Persian text"
        return
    wanted = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural or "")
    for text in texts:
        if not _placeholders(text) <= wanted or (
            not entry.msgid_plural and _placeholders(text) != wanted
        ):
            yield f"has other placeholders than its Persian text: {sorted(wanted ^ _placeholders(text))}"
        yield from (
            f"has «{bad}» in its Persian text ({good})"
            for bad, good in ILL_SPELT.items()
            if bad in text
        )


def _placeholders(text: str) -> set[str]:
    return {found[0] for found in PLACEHOLDER.finditer(text)}


def compile_catalogues(clone: Path = CLONE, force: bool = False) -> bool:
    """Writes the compiled catalogue when a source is newer; says whether it did. Whole file or nothing."""
    target = clone / COMPILED
    if (
        not force
        and target.exists()
        and not _is_older(target, [clone / CATALOGUES, *sources(clone)])
    ):
        return False
    merged = polib.POFile()
    merged.metadata = dict(HEADER)
    for entry in read(clone).entries.values():
        if not entry.fuzzy:
            merged.append(entry)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    merged.save_as_mofile(str(fresh))
    fresh.replace(target)
    return True


def _is_older(target: Path, others: list[Path]) -> bool:
    made = target.stat().st_mtime
    return any(path.exists() and path.stat().st_mtime > made for path in others)


def used(clone: Path) -> dict[Key, str]:
    """Every message that code and templates ask for, with the first place that does."""
    found: dict[Key, str] = {}
    for app in APPS:
        for path in sorted((clone / app).rglob("*.py")):
            for key, line in _extracted(path.read_bytes()):
                found.setdefault(key, f"{path.relative_to(clone)}:{line}")
    for path in _templates(clone):
        for key, line in _extracted(_as_python(path)):
            found.setdefault(key, f"{path.relative_to(clone)}:{line}")
    return found


def _templates(clone: Path) -> Iterator[Path]:
    for folder in [clone / "templates", *(clone / app / "templates" for app in APPS)]:
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in TEMPLATE_SUFFIXES)


def _as_python(path: Path) -> bytes:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return f"({text}\n)".encode()  # in brackets, so that the templates' indentation means nothing


def _extracted(source: bytes) -> Iterator[tuple[Key, int]]:
    from babel.messages.extract import extract  # of the checks alone: compiling must not need it

    for line, message, _comments, context in extract(
        "python", io.BytesIO(source), keywords=KEYWORDS
    ):
        yield (context, message if isinstance(message, str) else message[0]), line


def check(clone: Path = CLONE) -> list[str]:
    """What is wrong with the catalogues, a line each; empty when all is well."""
    catalogues, asked = read(clone), used(clone)
    missing: dict[str, list[str]] = defaultdict(list)
    for key, place in asked.items():
        if key not in catalogues.entries:
            missing[place.partition("/")[0]].append(f"{place}: «{key[1]}» is in no catalogue")
    unused = [
        f"{catalogues.home[key]}: «{key[1]}» is asked for nowhere"
        for key in catalogues.entries
        if key not in asked and catalogues.home[key] != OVERRIDES
    ]
    return [*catalogues.faults, *(line for lines in missing.values() for line in lines), *unused]


def main() -> int:
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb == "compile":
        if compile_catalogues():
            print(f"compiled {COMPILED}")
        return 0
    if verb == "check":
        faults = check()
        print("\n".join(faults) or "messages: complete")
        return 1 if faults else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
