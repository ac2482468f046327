"""What operators enter into the providers' panels, and how they ask whether the providers answer."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from notifications.panel_texts import for_panel
from notifications.texts import events
from tests.simulated import Phone, ask_anew

SIMULATED = Path(__file__).parents[2] / "simulators/sms/templates.json"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("sms_providers", *arguments, stdout=out)
    return out.getvalue()


def test_the_simulated_panel_holds_what_would_be_entered(settings: Settings) -> None:
    settings.BASE_URL = "https://septam.example"
    approved = json.loads(SIMULATED.read_text(encoding="utf-8"))
    without = {text.template: text.text for text in events() if not text.tokens}
    assert approved == for_panel("kavenegar") | without


def test_each_provider_has_its_own_marks() -> None:
    assert "%token\n" in for_panel("kavenegar")["login-code"]
    assert "#TOKEN#\n" in for_panel("smsir")["login-code"]
    written = run("--templates", "smsir")
    assert "— login-code\nسپتام\nکد ورود: #TOKEN#\n" in written
    assert "#TOKEN20#" in written
    assert "{" not in written


def test_operators_see_the_credit_of_each_provider(phone: Phone) -> None:
    assert run() == "kavenegar: 50,000,000 rial\nsmsir: 10,000 messages\n"


def test_a_provider_that_cannot_be_asked_is_named_with_its_code_alone(
    phone: Phone, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SMS_KEY = "wrong-but-secret"
    ask_anew()
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("sms_providers", stdout=out)
    assert left.value.code == 1
    assert out.getvalue() == "kavenegar: AlarmError 403\nsmsir: 10,000 messages\n"
