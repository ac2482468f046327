"""How people spell what they look for: letters that sound alike, plurals, trades in one word, one wrong letter.

Pure. What comes of it are texts to compare with the columns ``near_key`` (see :func:`near_key`), which the database
itself makes of the search keys, so that both sides are always folded in one way.
"""

import re
from typing import Any

from django.db.models import CharField, F, Func, GeneratedField, Value
from django.db.models.functions import Left, Length, Replace

from septam.text import HALF_SPACE, clean, search_key

# Letters that people write for one another because they sound the same, each with the one that stands for all.
_ALIKE, _FOR_ALL = "ثصذضظطحغع", "سسزززتهقا"
_FOLD = str.maketrans(_ALIKE, _FOR_ALL)
_SILENT = ("خوا", "خا")  # «خاربار» for «خواربار»
_MOST_WORDS = 6
_BREAKS = re.compile(r"[\s\-–—_/،,()«»]+")
# «ها», «های», «هایی», «ات», «جات» of a plural and the «ی» after a silent «ه»: «خانه‌ی».
_PLURAL = re.compile(rf"{HALF_SPACE}?(?:ها(?:ی|یی)?|ج?ات)$|(?<=ه){HALF_SPACE}?ی$")
# «طلافروشی» is «طلا و جواهر فروشی»: the trade's verb may stand apart from what it is about.
_VERBS = ("فروش", "ساز", "دوز", "پز", "باف", "کار")
_TRADE = re.compile(rf"^(..+?)?({'|'.join(_VERBS)})(?:ی|ان)?$")
# Endings that stand apart, and words that name no trade: they are left out beside others.
_ENDINGS = frozenset({"ها", "های", "هایی", "ای"})
_COMMON = _ENDINGS | frozenset(
    {"مغازه", "فروشگاه", "دکان", "شغل", "صنف", "رسته", "کسب", "واحد", "و", "من"}
)
# It ends the names of many trades («سردخانه», «قهوه‌خانه») and does not tell them apart.
_HOUSE = "خانه"
_LEAST, _WHOLE = 3, 4  # letters: fewer are not guessed at; up to so many the whole name must fit


def sound(key: str) -> str:
    """The search key with one letter for all those that sound alike."""
    return key.replace(*_SILENT).translate(_FOLD)


def near_key(*, of_city: bool = False) -> Any:
    """The column that holds a row's search key so folded; of a city, with its province's after a space."""
    key: Any = F("search_key")
    if of_city:
        province = Left("label_key", Length("label_key") - Length("search_key"))
        key = Func(key, Value(" "), province, template="%(expressions)s", arg_joiner=" || ")
    folded = Func(
        Replace(key, *map(Value, _SILENT)), Value(_ALIKE), Value(_FOR_ALL), function="translate"
    )
    column = CharField(max_length=400)
    return GeneratedField(expression=folded, output_field=column, db_persist=True, editable=False)


def words(text: str, *, of_trade: bool = False) -> list[str]:
    """The folded words that a name must hold, in any order; plurals as singulars, a trade's verb apart."""
    typed = [word for word in _BREAKS.split(clean(text)) if word][:_MOST_WORDS]
    needless = _COMMON if of_trade else _ENDINGS
    typed = [word for word in typed if word not in needless] or typed
    singular = [_without_plural(word) for word in typed]
    parts = [part for word in singular for part in (_parts(word) if of_trade else [word])]
    return [folded for part in parts if (folded := sound(search_key(part)))]


def _without_plural(word: str) -> str:
    stem = _PLURAL.sub("", word)
    return stem if len(stem) > 1 else word


def _parts(word: str) -> list[str]:
    found = _TRADE.match(word.replace(HALF_SPACE, ""))
    return [part for part in found.groups() if part] if found else [word]


def telling(words: list[str]) -> list[str]:
    """Those of the words that say something of a trade by themselves."""
    return [word for word in words if len(word) >= _LEAST and word not in (*_VERBS, _HOUSE)]


def one_letter_off(key: str) -> str:
    """A regular expression for names that begin with the folded key but for one letter: another one, one more, one
    less, or two that changed places. Empty for a key that is too short to guess at. A short name must fit as a whole.
    """
    letters = [re.escape(letter) for letter in key]
    if not _LEAST <= len(letters) <= 40:
        return ""
    found = {_spelt(letters[:at], ".", letters[at + 1 :]) for at in range(len(letters))}
    found |= {_spelt(letters[:at], ".", letters[at:]) for at in range(len(letters))}
    if len(letters) > _LEAST:
        found |= {_spelt(letters[:at], "", letters[at + 1 :]) for at in range(len(letters))}
        found |= {
            _spelt(letters[:at], letters[at + 1] + letters[at], letters[at + 2 :])
            for at in range(len(letters) - 1)
        }
    end = "( |$)" if len(letters) <= _WHOLE else ""
    return f"^({'|'.join(sorted(found))}){end}"


def _spelt(before: list[str], between: str, after: list[str]) -> str:
    return "".join([*before, between, *after])
