"""How long an SMS is as the operators count it, and into how many parts it falls.

A text outside the GSM alphabet (any Persian letter, half-space, Persian digit, «») goes as UTF-16: 70 units in one
part, 67 in each of several; an emoji is two units. Other texts have 160 and 153, and some signs take two places.
"""

import math

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Signs that the GSM alphabet (3GPP TS 23.038) writes with an escape before them.
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")


def is_gsm(text: str) -> bool:
    """Whether the text fits the operators' own alphabet; Persian never does."""
    return set(text) <= _GSM | _GSM_EXTENDED


def units(text: str) -> int:
    """The length that is paid for: UTF-16 units, or places of the GSM alphabet."""
    if is_gsm(text):
        return len(text) + sum(sign in _GSM_EXTENDED for sign in text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(text: str) -> int:
    """How many SMS the text is sent as; 1 for an empty one."""
    single, each = (160, 153) if is_gsm(text) else (70, 67)
    length = units(text)
    return 1 if length <= single else math.ceil(length / each)
