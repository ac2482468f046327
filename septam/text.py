"""Persian text: one way to store it, one key to find it by and one key to put it in order.

Postgres here has no ICU collation to lean on, so matching and order come from plain columns that hold
:func:`search_key` and :func:`sort_key`. Both are made on the server only.
"""

from __future__ import annotations

import re
import unicodedata

from septam.digits import LATIN, to_latin

HALF_SPACE = "\u200c"
ELLIPSIS = "…"

_LETTERS = str.maketrans("يىك", "ییک")
# Letters that people type for one another, those of neighbouring languages that look the same included.
_FOLDED = str.maketrans("يىےېكڪةھہەٱ", "ییییککهههها", "ـ")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Letters and signs that are drawn as nothing: fillers of Hangul, the empty cell of Braille.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_NOT_IN_KEY = _INVISIBLE | {"Mn", "Zs", "Zl", "Zp"}
_PRESENTATION_FORM = re.compile("[\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]")
_VOWEL_MARKS = "\u064b-\u0655"
# A half-space means something between two letters only.
_STRAY_HALF_SPACE = re.compile(f"(?<![\\w{_VOWEL_MARKS}]){HALF_SPACE}|{HALF_SPACE}(?!\\w)")


def clean(text: str, *, multiline: bool = False) -> str:
    """The text as it is stored and shown: Persian ی and ک, no control or bidi marks, single spaces.

    Half-spaces are kept where they join two words and dropped elsewhere. Digits stay as they were
    typed. With ``multiline`` line ends survive (as ``\\n``), otherwise they become spaces.
    """
    if not multiline:
        return _clean_line(text)
    lines = (_clean_line(line) for line in re.split(r"\r\n|\r|\n", text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _clean_line(text: str) -> str:
    # Text copied from a PDF comes in presentation forms; only those are unfolded, so «²» stays «²».
    text = _PRESENTATION_FORM.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = "".join(map(_visible, unicodedata.normalize("NFC", text).translate(_LETTERS)))
    text = _STRAY_HALF_SPACE.sub("", re.sub(f"{HALF_SPACE}+", HALF_SPACE, text))
    return unicodedata.normalize("NFC", re.sub(" +", " ", text).strip(" "))


def _visible(char: str) -> str:
    if char == HALF_SPACE:
        return char
    if char.isspace():
        return " "
    return "" if char in _BLANK or unicodedata.category(char) in _INVISIBLE else char


def is_readable(text: str) -> bool:
    """Whether there is a Persian or Latin letter, or a digit, in it: papers print no other script and no emoji."""
    return bool(
        re.search(
            "[0-9A-Za-z\u00c0-\u024f\u0621-\u064a\u0660-\u0669\u0671-\u06d3\u06f0-\u06f9]", text
        )
    )


def search_key(text: str) -> str:
    """The form in which two spellings of one name are equal: «قائم شهر», «قائمشهر», «قايم‌شهر».

    Digits to Latin; ي ى to ی, ك to ک, ة ۀ to ه, أ إ آ to ا, ؤ to و, ئ to ی; vowel marks, tatweel,
    bidi marks, spaces and half-spaces dropped altogether (a half-space kept as a space would miss
    «قائمشهر»); Latin letters small.
    """
    plain = to_latin(_decomposed(_decomposed(text))).translate(_FOLDED)
    return "".join(char for char in plain if _counts(char))


def _counts(char: str) -> bool:
    return char not in _BLANK and unicodedata.category(char) not in _NOT_IN_KEY


def _decomposed(text: str) -> str:
    """Case-folded and in compatibility-decomposed form, which parts «آ», «ئ», «ۀ» from their marks."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())


_ALPHABET = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
# One ASCII letter each, rising, so that byte order (the C collation) is Persian order.
_RANKS = dict(zip(_ALPHABET, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh", strict=True))
_WORD_BREAK = re.compile(r"[\s\-–—_/،,]+")
_SPACE_RANK = "!"


def sort_key(text: str) -> str:
    """An ASCII key whose byte order is Persian alphabetical order, word by word: «آ», «ا», … «ی».

    Digits come before letters, Persian letters before Latin ones; half-spaces, marks and
    punctuation do not count. A Latin letter takes two characters of the key, a Persian one takes one.
    """
    words = ("".join(map(_rank, word)) for word in _WORD_BREAK.split(clean(text)))
    return _SPACE_RANK.join(filter(None, words))


def _rank(char: str) -> str:
    if char in _RANKS:
        return _RANKS[char]
    return "".join(_folded_rank(folded) for folded in search_key(char))


def _folded_rank(char: str) -> str:
    if char in _RANKS or char in LATIN:
        return _RANKS.get(char, char)
    if not char.isalpha():
        return ""
    return f"~{char}" if char.isascii() else f"~~{ord(char):06x}"


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters (1 or more), the last of them «…» where something was cut off."""
    if len(text) <= limit:
        return text
    cut = limit - 1
    while cut > 0 and unicodedata.combining(text[cut]):
        cut -= 1  # a mark stays with its letter
    return text[: max(cut, 0)].rstrip(f" {HALF_SPACE}،؛.-") + ELLIPSIS
