"""What every gateway reads out of a callback or an answer: matched as a whole, or nothing."""

import logging
import re

from billing.gateways.base import CodeText, Return

logger = logging.getLogger(__name__)
LARGEST_LONG = 2**63 - 1
MOBILE = re.compile(r"09[0-9]{9}")
CODE = re.compile(r"-?[0-9]{1,6}")
CARD_HASH = re.compile(r"[0-9A-Za-z]{1,128}")
_LONG = re.compile(r"[0-9]{1,19}")
_CARD = re.compile(r"[0-9*xX-]{8,24}")


def matching(pattern: re.Pattern[str], value: str) -> str:
    """The text without spaces around it if the pattern fits the whole of it, else nothing."""
    value = value.strip()
    return value if pattern.fullmatch(value) else ""


def number(value: str) -> str:
    """A positive number that fits a bank's long, else nothing."""
    digits = matching(_LONG, value)
    return digits if digits and 0 < int(digits) <= LARGEST_LONG else ""


def long(value: int) -> int:
    """The same number, proved to be one. Raises TypeError.

    json sends a float as it is; the bank would see another number than we keep.
    """
    if type(value) is not int or not 0 < value <= LARGEST_LONG:
        raise TypeError(f"the bank takes whole positive numbers, not {value!r}")
    return value


def card(value: str) -> str:
    """A card number with its middle hidden: banks mask it already; a whole one must never be kept, whoever sent it."""
    plain = matching(_CARD, value).replace("-", "")
    return f"{plain[:6]}{'*' * (len(plain) - 10)}{plain[-4:]}" if len(plain) > 12 else ""


def claim(is_good: bool, is_cancelled: bool, text: CodeText, reference: str) -> Return:
    """What a callback claims by its code. «No answer yet» with a reference: the bank itself has to say what became of it."""
    if is_cancelled:
        return Return.CANCELLED
    may_be_paid = is_good or text.kind == "R"
    return Return.PAID if may_be_paid and reference else Return.FAILED


def alarm(bank: str, operation: str, code: str, text: CodeText) -> None:
    """Say in the log that the bank refuses because of us: a wrong terminal, password, address or program."""
    if text.kind == "C":
        logger.error("%s %s: the bank refuses our configuration (code %s)", bank, operation, code)
