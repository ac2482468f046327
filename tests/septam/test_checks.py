"""Production refuses demo settings and each missing or weak one, by name."""

import copy

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from septam import checks

FIT = {
    "PRODUCTION": True,
    "SECRET_KEY": "k7" * 30,
    "SMS_KEY": "4A6F2B",
    "ALLOWED_HOSTS": ["septam.example"],
    "BASE_URL": "https://septam.example",
    "SMS_URL": "https://api.kavenegar.com",
    "PHONE_PAGE_URL": "",
}


@pytest.fixture
def fit(settings: Settings) -> Settings:
    """Settings that production accepts."""
    for name, value in FIT.items():
        setattr(settings, name, value)
    gateways = copy.deepcopy(settings.GATEWAYS)
    gateways["behpardakht"] |= {
        "service_url": "https://bpm.shaparak.ir/pgwchannel/services/pgw",
        "page_url": "https://bpm.shaparak.ir/pgwchannel/startpay.mellat",
        "password": "a-real-one",
    }
    settings.GATEWAYS = gateways
    return settings


def ids() -> list[str | None]:
    return [fault.id for fault in checks.production_settings(None)]


def test_fit_settings_have_no_fault(fit: Settings) -> None:
    assert ids() == []
    checks.refuse_unfit_production()


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SECRET_KEY", "unset", "septam.E001"),
        ("SECRET_KEY", "short", "septam.E001"),
        ("SMS_KEY", "demo-sms-key", "septam.E002"),
        ("SMS_KEY", "", "septam.E002"),
        ("ALLOWED_HOSTS", [], "septam.E003"),
        ("BASE_URL", "http://septam.example", "septam.E004"),
        ("BASE_URL", "https://127.0.0.1", "septam.E004"),
        ("SMS_URL", "http://127.0.0.1:8002", "septam.E005"),
        ("PHONE_PAGE_URL", "http://127.0.0.1:8002", "septam.E006"),
    ],
)
def test_each_unfit_setting_is_named(fit: Settings, name: str, value: object, fault: str) -> None:
    setattr(fit, name, value)
    assert ids() == [fault]


def test_the_demos_secret_key_is_refused(fit: Settings) -> None:
    fit.SECRET_KEY = fit.DEMO_SECRET_KEY
    assert ids() == ["septam.E001"]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("service_url", "http://localhost:8001/pgwchannel/services/pgw", "septam.E007"),
        ("page_url", "http://localhost:8001/pgwchannel/startpay.mellat", "septam.E007"),
        ("password", "demo-pass", "septam.E008"),
    ],
)
def test_a_gateway_of_the_demo_is_refused(fit: Settings, name: str, value: str, fault: str) -> None:
    fit.GATEWAYS["behpardakht"][name] = value
    assert ids() == [fault]


def test_a_web_server_with_unfit_settings_does_not_start_and_says_why(fit: Settings) -> None:
    fit.SMS_KEY = ""
    with pytest.raises(ImproperlyConfigured, match=r"septam\.E002"):
        checks.refuse_unfit_production()


def test_demo_and_test_modes_are_left_alone(settings: Settings) -> None:
    settings.PRODUCTION = False
    assert ids() == []
