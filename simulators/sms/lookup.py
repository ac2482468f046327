"""verify/lookup: approved templates, the rules of their tokens, the text that comes out.

The rules of spaces are the provider's. Which other signs it counts as separators is not written
anywhere; here only the underscore is refused, and «/», «٬» and «-» pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from simulators.sms import codes, parameters
from simulators.sms.codes import RefusedError
from simulators.sms.outbox import Draft

TEMPLATES = Path(__file__).parent / "templates.json"
EXAMPLE_SITE = "septam.example"
PLACEHOLDER = re.compile(r"%token(?:20|10|3|2)?")
SPACES_ALLOWED = {"token": 0, "token2": 0, "token3": 0, "token10": 5, "token20": 8}
LONGEST_TOKEN = 100
TYPES = {"": "sms", "sms": "sms", "0": "sms", "call": "call", "1": "call"}


@cache
def templates() -> Mapping[str, str]:
    """The approved templates: name to text with %token, %token2, %token3, %token10, %token20."""
    loaded: dict[str, str] = json.loads(TEMPLATES.read_text(encoding="utf-8"))
    return loaded


def draft_of(values: parameters.Parameters, line: str, site: str = EXAMPLE_SITE) -> Draft:
    """The message that the call asks for; raises RefusedError with the provider's code.

    ``site`` stands in the templates' fixed text, as the portal's domain does in approved ones.
    """
    receptor = parameters.mobile(parameters.required(values, "receptor"))
    name = parameters.required(values, "template")
    text = templates().get(name)
    if text is None:
        raise RefusedError(codes.UNKNOWN_TEMPLATE)
    parameters.required(values, "token")
    kind = TYPES.get(values.get("type", ""))
    if kind is None:
        raise RefusedError(codes.INCOMPLETE)
    if kind == "call" and not values["token"].isdigit():
        raise RefusedError(codes.CODE_NOT_SPEAKABLE)
    message = _filled(text.replace(EXAMPLE_SITE, site), _checked_tokens(values))
    return Draft(receptor, message, line, template=name, kind=kind, tag=parameters.tag(values))


def _checked_tokens(values: parameters.Parameters) -> dict[str, str]:
    tokens = {name: values[name] for name in SPACES_ALLOWED if values.get(name)}
    for name, token in tokens.items():
        if not _is_token(token, SPACES_ALLOWED[name]):
            raise RefusedError(codes.WRONG_TOKEN)
    return tokens


def _is_token(token: str, spaces: int) -> bool:
    if len(token) > LONGEST_TOKEN or "_" in token or token != token.strip():
        return False
    other_space = re.search(r"[^\S ]", token)
    return other_space is None and token.count(" ") <= spaces


def _filled(text: str, tokens: Mapping[str, str]) -> str:
    names = {found[1:] for found in PLACEHOLDER.findall(text)}
    if not names:
        raise RefusedError(codes.TEMPLATE_WITHOUT_CODE)
    if not names <= tokens.keys():
        raise RefusedError(codes.INCOMPLETE)
    return PLACEHOLDER.sub(lambda found: tokens[found[0][1:]], text)
