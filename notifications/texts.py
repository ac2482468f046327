"""The words of every SMS, from data/sms_texts.csv, and how they become tokens of approved templates.

A template stands fixed at the provider; only its tokens travel. Their rules (Kavenegar verify/lookup):
token, token2 and token3 hold no space, token10 at most 5 spaces, token20 at most 8, none an underscore; none is
empty or longer than 100 characters.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from septam.text import HALF_SPACE, shorten

# No secrets: names of a text's blanks.
_SPACES = {"token": 0, "token2": 0, "token3": 0, "token10": 5, "token20": 8}  # nosec B105
_LONGEST_TOKEN = 100
_PLACE_LENGTH = 22


@dataclass(frozen=True)
class SmsText:
    """The text of one event and what its placeholders are called in the approved template."""

    event: str
    title: str
    essential: bool
    template: str
    text: str
    tokens: tuple[tuple[str, str], ...]

    def rendered(self, values: Mapping[str, str]) -> str:
        """The text with its placeholders filled; raises KeyError where one is missing."""
        return self.text.format(**_tidy(values))

    def token_values(self, values: Mapping[str, str]) -> dict[str, str]:
        """The template's tokens; empty where the text has no placeholder (it cannot be a template)."""
        tidy = _tidy(values)
        tokens = {token: _spaced(tidy[name], _SPACES[token]) for token, name in self.tokens}
        if tokens:
            # The provider demands a first token even where the template uses the spaced ones alone.
            tokens.setdefault("token", _spaced(next(iter(tokens.values())), 0))
        return tokens


def text_of(event: str) -> SmsText:
    """The text of an event; raises KeyError for an unknown one."""
    return _all()[event]


def title_of(event: str) -> str:
    """What the office calls an event; of an unknown one its name."""
    known = _all().get(event)
    return known.title if known else event


def events() -> list[SmsText]:
    """Every text, in the order of the file."""
    return list(_all().values())


def tokens_of_template(template: str) -> set[str]:
    """The tokens that an approved template shows; empty for an unknown one."""
    found = (text for text in events() if text.template == template)
    return {token for text in found for token, _name in text.tokens}


@cache
def _all() -> dict[str, SmsText]:
    path = settings.BASE_DIR / "data" / "sms_texts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["event"]: _from_row(row) for row in csv.DictReader(file)}


def _from_row(row: dict[str, str]) -> SmsText:
    pairs = [pair.split("=", 1) for pair in row["tokens"].split("|") if pair]
    tokens = tuple((token, name) for token, name in pairs)
    essential = row["kind"] == "essential"
    return SmsText(row["event"], row["title"], essential, row["template"], row["text"], tokens)


def _tidy(values: Mapping[str, str]) -> dict[str, str]:
    tidy = {"site": site(), "tel": settings.SUPPORT_PHONE} | dict(values)
    if "place" in tidy:
        tidy["place"] = shorten(tidy["place"], _PLACE_LENGTH)
    return tidy


def site() -> str:
    """The portal's host as texts name it."""
    return settings.BASE_URL.split("://", 1)[-1]


def _spaced(value: str, allowed: int) -> str:
    words = [word for word in value.replace("_", "-").split() if word.strip(HALF_SPACE)]
    kept, rest = words[: allowed + 1], words[allowed + 1 :]
    # An empty token would be refused, and with it the message.
    return shorten(HALF_SPACE.join([" ".join(kept), *rest]), _LONGEST_TOKEN) or "-"
