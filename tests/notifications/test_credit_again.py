"""A provider without credit, before its simulator: it sends again soon after its account was charged."""

from datetime import timedelta

import pytest
import requests
from pytest_django.fixtures import Settings

from notifications import circuit, outbox, sending
from notifications.models import SmsMessage, SmsProviderState, SmsState
from septam import jobs
from tests.notifications.test_outbox import MOBILE, RECEIPT
from tests.simulated import Phone

pytestmark = pytest.mark.django_db


def test_once_the_account_is_charged_what_waits_is_sent_within_a_minute(
    phone: Phone, settings: Settings
) -> None:
    settings.SMS_PROVIDERS = ["kavenegar"]
    job = {one.name: one for one in jobs.registered()}["sms.credit_again"]
    assert job.every == timedelta(minutes=1)

    def charge(rial: int) -> None:
        body = {"rial": rial, "provider": "kavenegar"}
        requests.post(f"{phone.url}/_control/credit", json=body, timeout=5).raise_for_status()

    charge(0)
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    sending.send_due()
    job.work()
    assert circuit.available() == ()
    assert SmsProviderState.objects.get().credit == 0
    charge(9_000_000)
    job.work()
    assert circuit.available() == ("kavenegar",)
    sending.send_due()
    assert SmsMessage.objects.get().state == SmsState.SENT
    assert len(phone.messages(MOBILE)) == 1
