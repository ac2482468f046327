"""Production refuses demo settings and each missing or weak one, by name."""

import copy

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from septam import checks
from septam.bank_settings import DEMO_MERCHANT
from septam.settings import SELLER_SETTINGS

SELLER = dict.fromkeys(SELLER_SETTINGS, "10380284790")
FIT = {
    "PRODUCTION": True,
    "SECRET_KEY": "k7Qw-9Zx_R2tY5vB8nM3" * 3,
    "DATABASE_IS_NAMED": True,
    "MEDIA_ROOT": "/var/lib/septam/media",
    "STATIC_ROOT": "/var/lib/septam/static",
    "SMS_SENDER": "10008663",
    "SUPPORT_PHONE": "02188776655",
    "SMS_KEY": "4A6F2B",
    "ALLOWED_HOSTS": ["septam.example"],
    "BASE_URL": "https://septam.example",
    "SMS_URL": "https://api.kavenegar.com",
    "SMS_PROVIDERS": ["kavenegar", "smsir"],
    "SMSIR_KEY": "9B1C",
    "SMSIR_URL": "https://api.sms.ir",
    "SMSIR_LINE": "30007732000001",
    "PHONE_PAGE_URL": "",
    "TRANSFER_IBAN": "IR062960000000100324200001",
    "TRANSFER_BANK": "بانک ملی",
    "TRANSFER_HOLDER": "شرکت سپتام",
    "SELLER": SELLER,
    "SELLER_IS_SAMPLE": False,
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
        "terminal": 7654321,
        "password": "a-real-one",
    }
    gateways["zarinpal"] |= {
        "service_url": "https://payment.zarinpal.com/pg/v4/payment",
        "page_url": "https://payment.zarinpal.com/pg/StartPay",
        "merchant": "1344b5d4-0048-11e8-94db-005056a205be",
    }
    settings.GATEWAYS = gateways
    settings.GATEWAYS_ON = ["behpardakht", "zarinpal"]
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
        ("SECRET_KEY_FALLBACKS", ["short"], "septam.E025"),
        ("SMS_KEY", "demo-sms-key", "septam.E002"),
        ("SMS_KEY", "", "septam.E002"),
        ("ALLOWED_HOSTS", [], "septam.E003"),
        ("ALLOWED_HOSTS", ["*"], "septam.E003"),
        ("BASE_URL", "https://another.example", "septam.E004"),
        ("BASE_URL", "http://septam.example", "septam.E004"),
        ("BASE_URL", "https://127.0.0.1", "septam.E004"),
        ("SMS_URL", "http://127.0.0.1:8002", "septam.E005"),
        ("SMSIR_KEY", "demo-smsir-key", "septam.E002"),
        ("SMSIR_URL", "http://127.0.0.1:8002", "septam.E005"),
        ("SMS_PROVIDERS", [], "septam.E015"),
        ("SMS_PROVIDERS", ["kavenegar", "pigeon"], "septam.E015"),
        ("SMSIR_LINE", "", "septam.E016"),
        ("SMS_CALLBACK_SECRET", "guessed", "septam.E017"),
        ("PHONE_PAGE_URL", "http://127.0.0.1:8002", "septam.E006"),
        ("TRANSFER_BANK", "", "septam.E012"),
        ("TRANSFER_HOLDER", "", "septam.E012"),
        ("TRANSFER_IBAN", "", "septam.E013"),
        ("TRANSFER_IBAN", "IR062960000000100324200002", "septam.E013"),
        ("TRANSFER_IBAN", "IR840120000000000123456789", "septam.E013"),
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


def test_a_bank_that_is_not_offered_needs_no_credentials(fit: Settings) -> None:
    assert fit.GATEWAYS["parsian"]["pin"] == "demo-parsian-pin"
    assert ids() == []
    fit.GATEWAYS_ON = ["parsian"]
    assert ids() == ["septam.E007", "septam.E007", "septam.E008"]


@pytest.mark.parametrize("merchant", ["", DEMO_MERCHANT])
def test_a_missing_credential_is_named(fit: Settings, merchant: str) -> None:
    fit.GATEWAYS["zarinpal"]["merchant"] = merchant
    faults = checks.production_settings(None)
    assert [fault.msg for fault in faults] == ["SEPTAM_ZARINPAL_MERCHANT is missing or the demo's."]


@pytest.mark.parametrize(
    ("offered", "named"), [(["behpardakht", "melat"], "melat"), ([], "no gateway")]
)
def test_an_unknown_gateway_or_none_at_all_is_refused_by_name(
    fit: Settings, offered: list[str], named: str
) -> None:
    fit.GATEWAYS_ON = offered
    faults = checks.production_settings(None)
    assert [fault.id for fault in faults] == ["septam.E014"]
    assert named in faults[0].msg


def test_a_web_server_with_unfit_settings_does_not_start_and_says_why(fit: Settings) -> None:
    fit.SMS_KEY = ""
    with pytest.raises(ImproperlyConfigured, match=r"septam\.E002"):
        checks.refuse_unfit_production()


def test_demo_and_test_modes_are_left_alone(settings: Settings) -> None:
    settings.PRODUCTION = False
    assert ids() == []


@pytest.mark.parametrize(("key", "name"), SELLER_SETTINGS.items())
def test_a_paper_without_a_part_of_its_seller_is_refused_by_name(
    fit: Settings, key: str, name: str
) -> None:
    fit.SELLER = {**SELLER, key: ""}
    assert [fault.msg for fault in checks.production_settings(None)] == [f"{name} is empty."]


def test_the_sample_seller_is_refused(fit: Settings) -> None:
    fit.SELLER_IS_SAMPLE = True
    assert ids() == ["septam.E011"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, []),
        ({"BUCKET_URL": ""}, ["SEPTAM_BUCKET_URL"]),
        ({"BUCKET_URL": "https://s3.example"}, ["SEPTAM_BUCKET_URL"]),
        ({"BUCKET_URL": "https://s3.example/septam/folder"}, ["SEPTAM_BUCKET_URL"]),
        ({"BUCKET_URL": "http://s3.example/septam"}, ["SEPTAM_BUCKET_URL"]),
        ({"BUCKET_URL": "https://localhost/septam"}, ["SEPTAM_BUCKET_URL"]),
        ({"BUCKET_KEY": "", "BUCKET_SECRET": ""}, ["SEPTAM_BUCKET_KEY", "SEPTAM_BUCKET_SECRET"]),
    ],
)
def test_half_a_bucket_is_refused_by_name(
    fit: Settings, changed: dict[str, str], named: list[str]
) -> None:
    whole = {"BUCKET_URL": "https://s3.example/septam", "BUCKET_KEY": "k", "BUCKET_SECRET": "s"}
    for name, value in (whole | changed).items():
        setattr(fit, name, value)
    said = [fault.msg for fault in checks.production_settings(None)]
    assert [text.split()[0] for text in said] == named


def test_a_bucket_without_its_packages_is_refused(
    fit: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    fit.BUCKET_URL, fit.BUCKET_KEY, fit.BUCKET_SECRET = "https://s3.example/septam", "k", "s"
    assert "requirements-s3.txt" in checks.production_settings(None)[0].msg
