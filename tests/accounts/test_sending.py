"""From the registration through the worker to the sign-in, with nothing kept in clear."""

import pytest
from django.test import Client

from accounts import passwords
from accounts.models import LoginCodeDevice, PendingPassword, User
from notifications import sending
from notifications.models import SmsMessage, SmsState
from notifications.providers import registry
from notifications.providers.base import OutgoingSms
from tests.accounts.steps import register, sign_in, signed_in
from tests.people import make_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> list[OutgoingSms]:
    """What the provider was handed."""
    received: list[OutgoingSms] = []

    class Provider:
        def send(self, sms: OutgoingSms) -> str:
            received.append(sms)
            return str(len(received))

    monkeypatch.setattr(registry, "provider", lambda name: Provider())
    return received


def test_the_worker_makes_the_password_that_opens_the_account(
    client: Client, phone: list[OutgoingSms]
) -> None:
    register(client)
    sending.send_due()
    password = phone[0].tokens["token"]
    row = SmsMessage.objects.get()
    assert row.text == ""
    assert password not in str(row.values)
    assert password not in PendingPassword.objects.get().password
    sign_in(client, "09121234567", password)
    assert signed_in(client)


def test_the_worker_makes_the_code_that_opens_the_account(
    client: Client, phone: list[OutgoingSms]
) -> None:
    owner = make_owner()
    client.post("/sign-in/code/", {"account": "09121234567"})
    assert LoginCodeDevice.objects.get().code_hash == ""
    sending.send_due()
    client.post("/sign-in/code/enter/", {"code": phone[0].tokens["token"]})
    assert signed_in(client) == owner


def test_before_the_message_left_no_code_opens_anything(client: Client) -> None:
    make_owner()
    client.post("/sign-in/code/", {"account": "09121234567"})
    client.post("/sign-in/code/enter/", {"code": ""})
    client.post("/sign-in/code/enter/", {"code": "000000"})
    assert signed_in(client) is None


@pytest.mark.parametrize("change", [{"mobile": "09350001122"}, {"is_active": False}])
def test_a_secret_goes_to_no_number_that_is_not_the_accounts_any_more(
    client: Client, phone: list[OutgoingSms], change: dict[str, object]
) -> None:
    owner = make_owner()
    passwords.send_new(owner, None)
    client.post("/sign-in/code/", {"account": "09121234567"})
    User.objects.filter(pk=owner.pk).update(**change)
    sending.send_due()
    assert phone == []
    assert set(SmsMessage.objects.values_list("state", flat=True)) == {SmsState.DEAD}
    assert not PendingPassword.objects.exists()
    assert LoginCodeDevice.objects.get().code_hash == ""
