"""System checks: production refuses demo settings and each missing or weak one, by name."""

import ipaddress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from septam import bucket_settings, identity
from septam.bank_settings import CREDENTIALS, DEMO_SECRETS
from septam.sms_settings import DEMO_KEYS as SMS_DEMO_KEYS
from septam.sms_settings import PREFIXES as SMS_NAMES

_LOOPBACK = {"127.0.0.1", "localhost", "::1", ""}
_FEWEST_SIGNS = 12
_SHORTEST_PASSWORD = 12
_ADDRESS_OF = {
    "behpardakht": "Set SEPTAM_BANK_URL.",
    "zarinpal": "Set SEPTAM_ZARINPAL_URL.",
    "parsian": "Set SEPTAM_PARSIAN_URL.",
}
# Kavenegar's line for tries, which its documentation shows.
_SAMPLE_SENDER = "10004346"
_SAMPLE_PHONE = "02100000000"


def _loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in _LOOPBACK


@register(Tags.security)
def production_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors for what production mode does not accept; nothing in demo and test modes."""
    if not settings.PRODUCTION:
        return []
    groups = (
        _secrets, _database, _cache, _folders, _addresses, _gateways, _sms, _seller, _contacts, _transfers, _metrics, _failpoint,
    )  # fmt: skip
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
    if _is_weak(settings.SECRET_KEY):
        hint = "Set SEPTAM_SECRET_KEY to 50 or more random characters."
        found.append(Error("SEPTAM_SECRET_KEY is missing or weak.", hint=hint, id="septam.E001"))
    if any(_is_weak(key) for key in settings.SECRET_KEY_FALLBACKS):
        hint = "It holds earlier values of SEPTAM_SECRET_KEY, separated by commas, or nothing."
        text = "SEPTAM_SECRET_KEY_FALLBACKS holds a key that can be guessed."
        found.append(Error(text, hint=hint, id="septam.E025"))
    return found


def _is_weak(key: str) -> bool:
    """What is signed with the key could be forged by whoever guesses it."""
    is_short = len(key) < 50 or len(set(key)) < _FEWEST_SIGNS
    return is_short or key.startswith("django-insecure-") or key == settings.DEMO_SECRET_KEY


def _database() -> list[CheckMessage]:
    """Named on purpose, and over the network with a password that nobody guesses; a local socket asks for none."""
    if not settings.DATABASE_IS_NAMED:
        return [Error("DATABASE_URL is missing.", id="septam.E018")]
    database = settings.DATABASES["default"]
    host, password = database.get("HOST", ""), database.get("PASSWORD", "")
    if host and not host.startswith("/"):
        is_weak = len(password) < _SHORTEST_PASSWORD or password in {host, database["USER"]}
        if is_weak:
            text = f"The password in DATABASE_URL is missing or shorter than {_SHORTEST_PASSWORD}."
            return [Error(text, id="septam.E018")]
    return []


def _cache() -> list[CheckMessage]:
    """Over the network with a password, as the database: whoever reaches Redis could empty it or read its pages."""
    parts = urlsplit(settings.CACHE_URL)
    is_far = parts.scheme in {"redis", "rediss"} and not _loopback(settings.CACHE_URL)
    if is_far and len(parts.password or "") < _SHORTEST_PASSWORD:
        text = f"The password in CACHE_URL is missing or shorter than {_SHORTEST_PASSWORD}."
        return [Error(text, id="septam.E026")]
    return []


def _folders() -> list[CheckMessage]:
    """Papers lie where the next version of the program does not replace them, and where nobody is served from."""
    if settings.BUCKET_URL or settings.BUCKET_KEY or settings.BUCKET_SECRET:
        return _bucket()
    media, static = Path(settings.MEDIA_ROOT), Path(settings.STATIC_ROOT)
    found: list[CheckMessage] = []
    if media.is_relative_to(settings.BASE_DIR):
        text = "SEPTAM_MEDIA_ROOT is missing, or lies inside the program's own folder."
        found.append(Error(text, id="septam.E019"))
    if media.is_relative_to(static):
        text = "SEPTAM_MEDIA_ROOT lies inside SEPTAM_STATIC_ROOT: everybody could read it."
        found.append(Error(text, id="septam.E019"))
    return found


def _bucket() -> list[CheckMessage]:
    """All of it or nothing: half of it would put files where nobody looks for them."""
    found: list[CheckMessage] = []
    server, name = bucket_settings.place(settings.BUCKET_URL)
    if not server.startswith("https://") or not name or _loopback(settings.BUCKET_URL):
        hint = "Such as https://s3.example.ir/septam: the server, and the bucket's name behind it."
        text = "SEPTAM_BUCKET_URL is no https address of a bucket on another machine."
        found.append(Error(text, hint=hint, id="septam.E027"))
    for setting in ("BUCKET_KEY", "BUCKET_SECRET"):
        if not getattr(settings, setting):
            found.append(Error(f"SEPTAM_{setting} is missing.", id="septam.E027"))
    if not found and find_spec("storages") is None:
        text = "SEPTAM_BUCKET_URL needs the packages of requirements-s3.txt."
        found.append(Error(text, id="septam.E027"))
    return found


def _addresses() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(Error("SEPTAM_HOSTS is empty, or names every host.", id="septam.E003"))
    if not settings.BASE_URL.startswith("https://") or _loopback(settings.BASE_URL):
        found.append(Error("SEPTAM_BASE_URL must be the public https address.", id="septam.E004"))
    elif settings.ALLOWED_HOSTS and not validate_host(
        urlsplit(settings.BASE_URL).hostname or "", settings.ALLOWED_HOSTS
    ):
        text = "SEPTAM_BASE_URL has a host that SEPTAM_HOSTS does not name."
        found.append(Error(text, id="septam.E004"))
    for proxy in settings.TRUSTED_PROXIES:
        if not _is_address(proxy):
            hint = "List each proxy by its own address; networks are not read."
            text = f"SEPTAM_TRUSTED_PROXIES must hold addresses; {proxy} is none."
            found.append(Error(text, hint=hint, id="septam.E020"))
    if settings.PHONE_PAGE_URL:
        found.append(Error("SEPTAM_PHONE_URL is for the demo only.", id="septam.E006"))
    return found


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


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
        for url in (options["service_url"], options["page_url"]):
            if _loopback(url) or not url.startswith("https://"):
                text = f"Gateway {name} points to this machine, or not to https: {url}."
                found.append(Error(text, hint=_ADDRESS_OF[name], id="septam.E007"))
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
        url = getattr(settings, f"{prefix}_URL")
        if _loopback(url) or not url.startswith("https://"):
            text = f"SEPTAM_{prefix}_URL points to this machine, or not to https."
            found.append(Error(text, id="septam.E005"))
    if "kavenegar" in settings.SMS_PROVIDERS:
        sender = settings.SMS_SENDER
        if not sender.isdecimal() or sender == _SAMPLE_SENDER:
            text = "SEPTAM_SMS_SENDER is missing, or the line for tries."
            found.append(Error(text, id="septam.E021"))
    if "smsir" in settings.SMS_PROVIDERS and not settings.SMSIR_LINE.isdecimal():
        found.append(Error("SEPTAM_SMSIR_LINE is no line's number.", id="septam.E016"))
    if 0 < len(settings.SMS_CALLBACK_SECRET) < 20:
        hint = "Set SEPTAM_SMS_CALLBACK_SECRET to 20 or more random characters, or to nothing."
        text = "SEPTAM_SMS_CALLBACK_SECRET can be guessed."
        found.append(Error(text, hint=hint, id="septam.E017"))
    return found


def _metrics() -> list[CheckMessage]:
    if 0 < len(settings.METRICS_TOKEN) < 20:
        hint = "Set SEPTAM_METRICS_TOKEN to 20 or more random characters, or to nothing."
        return [Error("SEPTAM_METRICS_TOKEN can be guessed.", hint=hint, id="septam.E024")]
    return []


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


def _contacts() -> list[CheckMessage]:
    """What stands on pages, in SMS and on certificates."""
    found: list[CheckMessage] = []
    if settings.SUPPORT_PHONE in {"", _SAMPLE_PHONE}:
        found.append(Error("SEPTAM_SUPPORT_PHONE is missing or the demo's.", id="septam.E022"))
    if not settings.CERTIFICATE_SIGNER:
        found.append(Error("SEPTAM_CERTIFICATE_SIGNER is empty.", id="septam.E023"))
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
