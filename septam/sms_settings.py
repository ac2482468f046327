"""The SMS providers' part of the settings: which are offered, and SMS.ir's ids of our templates.

Outside production all of them lead to the simulated provider.
"""

import zlib
from collections.abc import Iterable, Mapping

import environ
from django.core.exceptions import ImproperlyConfigured

# Each provider's name, and how its settings begin.
PREFIXES: Mapping[str, str] = {"kavenegar": "SMS", "smsir": "SMSIR"}
DEMO_KEYS = frozenset({"demo-sms-key", "demo-smsir-key"})


def offered(env: environ.Env, production: bool) -> list[str]:
    """The names in SEPTAM_SMS_PROVIDERS, the preferred one first, each once."""
    usual = ["kavenegar"] if production else ["kavenegar", "smsir"]
    named = (name.strip() for name in env.list("SEPTAM_SMS_PROVIDERS", default=usual))
    return list(dict.fromkeys(name for name in named if name))


def smsir_templates(env: environ.Env) -> dict[str, int]:
    """Our template's name to its number in SMS.ir's panel, from «login-code:123456,visit-moved:123457».

    Raises ImproperlyConfigured for a pair without a number.
    """
    pairs = (
        pair.strip().rpartition(":") for pair in env.list("SEPTAM_SMSIR_TEMPLATES", default=[])
    )
    try:
        return {name.strip(): int(number) for name, _colon, number in pairs if name}
    except ValueError:
        text = "SEPTAM_SMSIR_TEMPLATES must be name:number pairs with commas between them"
        raise ImproperlyConfigured(text) from None


def demo_templates(names: Iterable[str]) -> dict[str, int]:
    """The numbers that the simulated SMS.ir gives to templates, so that nobody has to list them."""
    return {name: 100_000 + zlib.crc32(name.encode()) % 900_000 for name in names}
