"""System checks: production refuses demo settings and each missing or weak one, by name."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from septam import identity
from septam.bank_settings import CREDENTIALS, DEMO_SECRETS
from septam.sms_settings import DEMO_KEYS as SMS_DEMO_KEYS
from septam.sms_settings import PREFIXES as SMS_NAMES

_LOOPBACK = {"127.0.0.1", "localhost", "::1", ""}


def _loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in _LOOPBACK


@register(Tags.security)
def production_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors for what production mode does not accept; nothing in demo and test modes."""
    if not settings.PRODUCTION:
        return []
    groups = (_secrets, _addresses, _gateways, _sms, _seller, _transfers, _failpoint)
    return [fault for group in groups for fault in group()]


def refuse_unfit_production() -> None:
    """Stop a web server that would start with demo settings; management commands run the checks anyway.

    Raises ImproperlyConfigured with every fault by name.
    """
    faults = production_settings(None)
    if faults:
        raise ImproperlyConfigured("; ".join(f"{fault.id} {fault.msg}" for fault in faults))


def _secrets() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < 50 or settings.SECRET_KEY == settings.DEMO_SECRET_KEY:
        hint = "Set SEPTAM_SECRET_KEY to 50 or more random characters."
        found.append(Error("SEPTAM_SECRET_KEY is missing or weak.", hint=hint, id="septam.E001"))
    return found


def _addresses() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.ALLOWED_HOSTS:
        found.append(Error("SEPTAM_HOSTS is empty.", id="septam.E003"))
    if not settings.BASE_URL.startswith("https://") or _loopback(settings.BASE_URL):
        found.append(Error("SEPTAM_BASE_URL must be the public https address.", id="septam.E004"))
    if settings.PHONE_PAGE_URL:
        found.append(Error("SEPTAM_PHONE_URL is for the demo only.", id="septam.E006"))
    return found


def _gateways() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    known = [name for name in settings.GATEWAYS_ON if name in settings.GATEWAYS]
    if not known:
        found.append(Error("SEPTAM_GATEWAYS names no gateway.", id="septam.E014"))
    for name in sorted(set(settings.GATEWAYS_ON) - set(known)):
        hint = f"Known are: {', '.join(settings.GATEWAYS)}."
        text = f"SEPTAM_GATEWAYS names an unknown gateway: {name}."
        found.append(Error(text, hint=hint, id="septam.E014"))
    for name in known:
        options = settings.GATEWAYS[name]
        if _loopback(options["service_url"]) or _loopback(options["page_url"]):
            found.append(Error(f"Gateway {name} points to this machine.", id="septam.E007"))
        for option, setting in CREDENTIALS[name].items():
            if not options[option] or options[option] in DEMO_SECRETS:
                found.append(Error(f"{setting} is missing or the demo's.", id="septam.E008"))
    return found


def _sms() -> list[CheckMessage]:
    """Each provider that is offered needs its address and its key."""
    found: list[CheckMessage] = []
    if not settings.SMS_PROVIDERS:
        found.append(Error("SEPTAM_SMS_PROVIDERS names no provider.", id="septam.E015"))
    for name in settings.SMS_PROVIDERS:
        if name not in SMS_NAMES:
            hint = f"Known are: {', '.join(SMS_NAMES)}."
            text = f"SEPTAM_SMS_PROVIDERS names an unknown provider: {name}."
            found.append(Error(text, hint=hint, id="septam.E015"))
            continue
        prefix = SMS_NAMES[name]
        if getattr(settings, f"{prefix}_KEY") in {"", *SMS_DEMO_KEYS}:
            text = f"SEPTAM_{prefix}_KEY is missing or the demo's."
            found.append(Error(text, id="septam.E002"))
        if _loopback(getattr(settings, f"{prefix}_URL")):
            found.append(Error(f"SEPTAM_{prefix}_URL points to this machine.", id="septam.E005"))
    if "smsir" in settings.SMS_PROVIDERS and not settings.SMSIR_LINE.isdecimal():
        found.append(Error("SEPTAM_SMSIR_LINE is no line's number.", id="septam.E016"))
    if 0 < len(settings.SMS_CALLBACK_SECRET) < 20:
        hint = "Set SEPTAM_SMS_CALLBACK_SECRET to 20 or more random characters, or to nothing."
        text = "SEPTAM_SMS_CALLBACK_SECRET can be guessed."
        found.append(Error(text, hint=hint, id="septam.E017"))
    return found


def _failpoint() -> list[CheckMessage]:
    if not settings.FAILPOINT:
        return []
    return [Error("SEPTAM_FAILPOINT makes processes die; it is for tests.", id="septam.E009")]


def _seller() -> list[CheckMessage]:
    """A paper must name its seller; the sample company is the demo's."""
    found: list[CheckMessage] = []
    for key, name in settings.SELLER_SETTINGS.items():
        if not settings.SELLER[key]:
            found.append(Error(f"{name} is empty.", id="septam.E010"))
    if settings.SELLER_IS_SAMPLE:
        found.append(Error("SEPTAM_SELLER_NATIONAL_ID is the demo's.", id="septam.E011"))
    return found


def _transfers() -> list[CheckMessage]:
    """Money sent to a wrong account is hard to get back."""
    if not settings.TRANSFERS_ON:
        return []
    found: list[CheckMessage] = []
    for name in ("TRANSFER_BANK", "TRANSFER_HOLDER"):
        if not getattr(settings, name):
            found.append(Error(f"SEPTAM_{name} is empty.", id="septam.E012"))
    if not _is_iban(settings.TRANSFER_IBAN) or settings.TRANSFER_IBAN == settings.DEMO_IBAN:
        hint = "Set it, or SEPTAM_TRANSFERS=off to offer no payment by transfer."
        found.append(
            Error("SEPTAM_TRANSFER_IBAN is no IBAN of yours.", hint=hint, id="septam.E013")
        )
    return found


def _is_iban(typed: str) -> bool:
    try:
        identity.iban(typed)
    except identity.Invalid:
        return False
    return True
