"""«قوانین و مقررات»: the version in force, who accepted it, and its text as blocks for a page."""

import re
from typing import NamedTuple

from accounts.models import TermsAcceptance, TermsVersion, User
from septam import clock


class Block(NamedTuple):
    """A piece of the text: `kind` is heading, clause or paragraph."""

    kind: str
    text: str


def current() -> TermsVersion | None:
    """The newest version that is in force today (Tehran); None before any was loaded."""
    return TermsVersion.objects.filter(effective_from__lte=clock.today()).first()


def accept(user: User, terms: TermsVersion) -> None:
    """Keep that the person accepts this version now; inside the caller's transaction."""
    TermsAcceptance.objects.update_or_create(user=user, terms=terms, defaults={"at": clock.now()})


def blocks(text: str) -> list[Block]:
    """The text's headings, numbered clauses and paragraphs in order, without the main heading."""
    found = []
    for line in text.splitlines():
        if line.startswith("## "):
            found.append(Block("heading", line[3:].strip()))
        elif line.strip() and not line.startswith("# "):
            kind = "clause" if re.match(r"[۰-۹]+[.)]", line.strip()) else "paragraph"
            found.append(Block(kind, line.strip()))
    return found
