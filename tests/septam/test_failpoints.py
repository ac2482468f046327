"""Failpoints: silent unless armed, refused in production, and able to kill or to raise."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from notifications import outbox, sending
from notifications.models import SmsMessage, SmsState
from septam import checks, failpoints
from septam.models import Heartbeat

CLONE = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    failpoints.forget()
    yield
    failpoints.forget()


def test_a_point_that_is_not_armed_is_passed(settings: Any) -> None:
    settings.FAILPOINT = "raise sms.sent"
    failpoints.hit("sms.answered")
    settings.FAILPOINT = ""
    failpoints.hit("sms.sent")


def test_an_armed_point_acts_at_the_named_pass_alone(settings: Any) -> None:
    settings.FAILPOINT = "raise sms.sent:2"
    failpoints.hit("sms.sent")
    with pytest.raises(failpoints.Hit):
        failpoints.hit("sms.sent")
    failpoints.hit("sms.sent")


def test_production_passes_every_point_by_and_refuses_the_setting(settings: Any) -> None:
    settings.FAILPOINT, settings.PRODUCTION = "raise sms.sent", True
    failpoints.hit("sms.sent")
    assert "septam.E009" in {fault.id for fault in checks.production_settings(None)}
    settings.FAILPOINT = ""
    assert "septam.E009" not in {fault.id for fault in checks.production_settings(None)}


@pytest.mark.parametrize("words", ["sms.nothing", "die sms.sent", "sms.sent:often"])
def test_a_name_that_no_point_has_is_an_error(settings: Any, words: str) -> None:
    settings.FAILPOINT = words
    with pytest.raises(ValueError, match=r"names no failpoint|invalid literal"):
        failpoints.hit("sms.sent")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("end", "rows"), [("write", 0), ("written", 1)])
def test_a_commit_has_a_point_on_either_side(settings: Any, end: str, rows: int) -> None:
    settings.FAILPOINT = f"raise sms.claim.{end}"
    with pytest.raises(failpoints.Hit), failpoints.commit("sms.claim"):
        Heartbeat.objects.create(name="point", at="2024-03-01T00:00Z")
    assert Heartbeat.objects.filter(name="point").count() == rows


@pytest.mark.django_db(transaction=True)
def test_a_commit_stands_in_no_other_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), failpoints.commit("sms.claim"):
        raise DatabaseError


def test_an_armed_process_dies_by_kill_9_at_the_point() -> None:
    code = "from septam import failpoints; failpoints.hit('sms.answered'); failpoints.hit('sms.sent'); print('alive')"
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "septam.settings",
        "SEPTAM_FAILPOINT": "sms.sent",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CLONE, env=variables, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")


@pytest.mark.django_db
def test_an_interrupted_sending_leaves_a_row_that_says_so(settings: Any) -> None:
    outbox.queue("payment.unclear", "09121234567", {"amount": "۱"})
    settings.FAILPOINT = "raise sms.sending"
    with pytest.raises(failpoints.Hit):
        sending.send_due()
    assert SmsMessage.objects.get().state == SmsState.SENDING
