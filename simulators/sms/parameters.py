"""Reading and checking the parameters of a call; each check refuses with the provider's code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from simulators.sms import codes
from simulators.sms.codes import RefusedError

Parameters = Mapping[str, str]
MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
LINE = re.compile(r"(?:\+98|0098)?([0-9]{4,16})")
TAG = re.compile(r"[A-Za-z0-9_-]{1,200}")
NUMBER = re.compile(r"[0-9]{1,18}")
MESSAGE_TYPES = {"", "0", "1", "2", "3"}


def required(parameters: Parameters, name: str) -> str:
    """A parameter that must be there (400) and not empty (406)."""
    if name not in parameters:
        raise RefusedError(codes.INCOMPLETE)
    if not parameters[name].strip():
        raise RefusedError(codes.EMPTY_PARAMETER)
    return parameters[name]


def mobile(text: str) -> str:
    """A mobile as 09…; 411 otherwise."""
    found = MOBILE.fullmatch(text.strip())
    if not found:
        raise RefusedError(codes.WRONG_RECEPTOR)
    return "0" + found[1]


def message(text: str) -> str:
    """A text that can be sent; 413 or 422 otherwise."""
    if not text.strip() or len(text) > codes.LONGEST_MESSAGE:
        raise RefusedError(codes.WRONG_MESSAGE)
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise RefusedError(codes.UNSUITABLE_CHARACTER)
    return text


def sender(text: str, lines: tuple[str, ...]) -> str:
    """One of the account's lines, the first if none is named; 412 otherwise."""
    if not text:
        return lines[0]
    found = LINE.fullmatch(text.strip())
    if not found or found[1] not in lines:
        raise RefusedError(codes.WRONG_SENDER)
    return found[1]


def number(text: str, refusal: int = codes.INCOMPLETE) -> int:
    """A whole number in Latin digits."""
    if not NUMBER.fullmatch(text.strip()):
        raise RefusedError(refusal)
    return int(text)


def send_date(parameters: Parameters, now: int) -> int:
    """The moment to send at in Unix seconds, 0 for now; 417 for the past."""
    text = parameters.get("date", "")
    if text in ("", "0"):
        return 0
    moment = number(text, codes.WRONG_DATE)
    if moment < now:
        raise RefusedError(codes.WRONG_DATE)
    return moment


def tag(parameters: Parameters) -> str:
    """The tag, if any; 607 if it is not well formed."""
    text = parameters.get("tag", "")
    if text and not TAG.fullmatch(text):
        raise RefusedError(codes.WRONG_TAG)
    return text


def numbers(text: str, most: int) -> list[int]:
    """Numbers with commas between them; 414 when there are too many."""
    items = text.split(",")
    if len(items) > most:
        raise RefusedError(codes.TOO_MANY)
    return [number(item) for item in items]


def json_list(text: str) -> list[Any]:
    """A JSON array that is not empty; 400 otherwise."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise RefusedError(codes.INCOMPLETE) from error
    if not isinstance(value, list) or not value:
        raise RefusedError(codes.INCOMPLETE)
    return value
