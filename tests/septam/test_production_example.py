"""The production example: what `.env.example` becomes when it is filled in, and each line of it missing or weak."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured

from septam import checks
from tools import production_example

FILLED = production_example.filled()
# What may stay empty: it then has a default that is right, or turns nothing on.
MAY_BE_EMPTY = {
    "SEPTAM_TRUSTED_PROXIES", "SEPTAM_STATIC_ROOT", "SEPTAM_ORDER_PREFIX", "SEPTAM_SMS_CALLBACK_SECRET",
    "SEPTAM_SERVICE_ID_VISIT", "SEPTAM_SERVICE_ID_TRAVEL", "SEPTAM_SERVICE_ID_CLOUD",
    "SEPTAM_METRICS_TOKEN", "SEPTAM_METRICS_FOLDER", "CACHE_URL",
}  # fmt: skip
WEAK = [
    ("SEPTAM_MODE", "live", "SEPTAM_MODE"),
    ("SEPTAM_SECRET_KEY", "short", "SEPTAM_SECRET_KEY"),
    ("DATABASE_URL", "septam:s3cret@localhost", "DATABASE_URL must be like postgres://"),
    (
        "DATABASE_URL",
        "mysql://septam:s3cret@localhost/septam",
        "DATABASE_URL must be like postgres://",
    ),
    ("DATABASE_URL", "postgres://septam:s3c#ret[@localhost:x/septam", "DATABASE_URL"),
    ("SEPTAM_SECRET_KEY", "ab" * 40, "SEPTAM_SECRET_KEY"),
    ("SEPTAM_HOSTS", "*", "SEPTAM_HOSTS"),
    ("SEPTAM_HOSTS", "other.example", "SEPTAM_BASE_URL"),
    ("SEPTAM_BASE_URL", "http://portal.example", "SEPTAM_BASE_URL"),
    ("SEPTAM_BASE_URL", "https://localhost", "SEPTAM_BASE_URL"),
    ("SEPTAM_TRUSTED_PROXIES", "10.0.0.0/8", "SEPTAM_TRUSTED_PROXIES"),
    ("DATABASE_URL", "postgres://septam@db.example/septam", "DATABASE_URL"),
    ("DATABASE_URL", "postgres://septam:PASSWORD@db.example/septam", "DATABASE_URL"),
    ("CACHE_URL", "10.0.0.7:6379", "CACHE_URL must be like redis://"),
    ("CACHE_URL", "redis://:s3c#ret[@cache.example:x/0", "CACHE_URL must be like redis://"),
    ("CACHE_URL", "redis://cache.example/0", "CACHE_URL"),
    ("CACHE_URL", "rediss://:PASSWORD@cache.example/0", "CACHE_URL"),
    ("SEPTAM_MEDIA_ROOT", "/var/lib/septam/static/media", "SEPTAM_MEDIA_ROOT"),
    ("SEPTAM_BUCKET_KEY", "AKIA4X", "SEPTAM_BUCKET_"),
    ("SEPTAM_BUCKET_URL", "https://s3.example/septam", "SEPTAM_BUCKET_"),
    ("SEPTAM_GATEWAYS", "melat", "SEPTAM_GATEWAYS"),
    ("SEPTAM_BANK_URL", "http://bpm.shaparak.ir", "SEPTAM_BANK_URL"),
    ("SEPTAM_BANK_URL", "https://127.0.0.1:8001", "SEPTAM_BANK_URL"),
    ("SEPTAM_BEHPARDAKHT_TERMINAL", "1234567", "SEPTAM_BEHPARDAKHT_TERMINAL"),
    ("SEPTAM_BEHPARDAKHT_PASSWORD", "demo-pass", "SEPTAM_BEHPARDAKHT_PASSWORD"),
    ("SEPTAM_ORDER_PREFIX", "one", "SEPTAM_ORDER_PREFIX"),
    ("SEPTAM_SMS_PROVIDERS", "pigeon", "SEPTAM_SMS_PROVIDERS"),
    ("SEPTAM_SMS_URL", "http://api.kavenegar.com", "SEPTAM_SMS_URL"),
    ("SEPTAM_SMS_KEY", "demo-sms-key", "SEPTAM_SMS_KEY"),
    ("SEPTAM_SMS_SENDER", "10004346", "SEPTAM_SMS_SENDER"),
    ("SEPTAM_SMS_CALLBACK_SECRET", "guess", "SEPTAM_SMS_CALLBACK_SECRET"),
    ("SEPTAM_TRANSFERS", "perhaps", "SEPTAM_TRANSFERS"),
    ("SEPTAM_TRANSFER_IBAN", "IR062960000000100324200002", "SEPTAM_TRANSFER_IBAN"),
    ("SEPTAM_SELLER_NATIONAL_ID", "14001234562", "SEPTAM_SELLER_NATIONAL_ID"),
    ("SEPTAM_SERVICE_ID_VISIT", "12", "SEPTAM_SERVICE_ID_"),
    ("SEPTAM_SUPPORT_PHONE", "02100000000", "SEPTAM_SUPPORT_PHONE"),
    ("SEPTAM_PHONE_URL", "https://phone.example", "SEPTAM_PHONE_URL"),
    ("SEPTAM_METRICS_TOKEN", "guess", "SEPTAM_METRICS_TOKEN"),
    ("SEPTAM_FAILPOINT", "sms.sent", "SEPTAM_FAILPOINT"),
]


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """The process's environment and the modules of settings, as they were before in the end."""
    before = dict(os.environ)
    loaded = {
        name: module for name, module in sys.modules.items() if name.startswith("septam.settings")
    }
    for name in loaded:
        del sys.modules[name]
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        for name in [name for name in sys.modules if name.startswith("septam.settings")]:
            del sys.modules[name]
        sys.modules.update(loaded)


def said_of(variables: dict[str, str]) -> list[str]:
    """What production says of these variables: the faults of its checks, or why the settings cannot be read at all."""
    try:
        with environment(variables):
            module = importlib.import_module("septam.settings")
    except ImproperlyConfigured as fault:
        return [str(fault)]
    with patch.object(checks, "settings", module):
        return [f"{fault.msg} {fault.hint or ''}" for fault in checks.production_settings(None)]


def test_the_filled_in_example_has_nothing_to_be_refused() -> None:
    assert said_of(FILLED) == []


def test_the_example_as_it_lies_there_is_refused_by_each_empty_name() -> None:
    said = "\n".join(said_of(production_example.example()))
    assert [name for name in production_example.FILLED if name not in said] == []


@pytest.mark.parametrize("name", sorted(set(FILLED) - MAY_BE_EMPTY - {"SEPTAM_MODE"}))
def test_each_line_that_is_emptied_is_named(name: str) -> None:
    said = said_of(FILLED | {name: ""})
    assert len(said) >= 1
    assert all(name in one for one in said)


@pytest.mark.parametrize("name", sorted(MAY_BE_EMPTY))
def test_what_may_be_empty_is_not_refused(name: str) -> None:
    assert said_of(FILLED | {name: ""}) == []


@pytest.mark.parametrize(("name", "value", "named"), WEAK)
def test_each_weak_line_is_named(name: str, value: str, named: str) -> None:
    said = said_of(FILLED | {name: value})
    assert len(said) >= 1
    assert all(named in one for one in said)
