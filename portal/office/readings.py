"""What somebody who typed into the office's search box may mean: pure, no database."""

from dataclasses import dataclass

from septam import identity
from septam.digits import is_number, to_latin
from septam.text import clean, search_key

MOST = 100
LEAST_LETTERS = 3
LEAST_DIGITS = 3
# Longer ones fit no column of numbers (a bank's orderId has at most 18 digits).
MOST_DIGITS = 18
_LONGEST_NAME_AT_BANK = 64


@dataclass(frozen=True)
class Readings:
    """The ways to read what was typed; an empty one is no way to read it."""

    typed: str
    number: str = ""
    mobile: str = ""
    # A person's national number without its leading zeros is led by them again.
    national: tuple[str, ...] = ()
    # A name as the search columns keep it.
    key: str = ""
    # A user name, or what a bank calls a payment: Latin letters and digits in one word.
    word: str = ""

    @property
    def is_too_short(self) -> bool:
        """Whether something was typed, but too little to look for."""
        return bool(self.typed) and not (self.number or self.mobile or self.key or self.word)

    @property
    def class_name(self) -> str:
        """What the audit keeps of what was typed: its kind, never itself."""
        if self.mobile:
            return "mobile"
        return "number" if self.number else "name" if self.key else "word"


def read(typed: str) -> Readings:
    """All readings of what was typed, in any digits and spelling."""
    line = clean(typed)[:MOST]
    number = identity.compact(line).lstrip("+#")
    if is_number(number):
        return _numeric(line, number)
    word = to_latin(line)
    is_word = (
        word.isascii() and word.replace("-", "").isalnum() and len(word) <= _LONGEST_NAME_AT_BANK
    )
    key = search_key(line)
    return Readings(
        line,
        key=key if len(key) >= LEAST_LETTERS else "",
        word=word if is_word and len(word) >= LEAST_LETTERS else "",
    )


def _numeric(line: str, number: str) -> Readings:
    try:
        mobile = identity.mobile(number)
    except identity.Invalid:
        mobile = ""
    if len(number) < LEAST_DIGITS:
        return Readings(line)
    padded = number.zfill(identity.PERSON_LENGTH) if len(number) in (8, 9) else number
    is_identity = identity.PERSON_LENGTH <= len(padded) <= identity.PERSON_LENGTH + 6
    return Readings(
        line,
        number=number,
        mobile=mobile,
        national=tuple({number, padded}) if is_identity else (),
    )
