"""What is sent to a person, or shared with a provider, stands in no table and in no log line."""

import logging
import re
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, TermsVersion, User
from accounts.second_factor import devices
from billing import payments
from notifications import notices, sending
from notifications.models import SmsMessage
from septam.digits import to_latin
from tests.accounts.steps import page, register, sign_in, signed_in, solved
from tests.billing.bank import Bank, make_order
from tests.people import PASSWORD, make_owner, make_staff, office_client
from tests.security.database_dump import dump, lines_with
from tests.simulated import Phone

pytestmark = pytest.mark.django_db
MOBILE = "09121234567"


@pytest.fixture
def _terms(db: None) -> None:
    TermsVersion.objects.create(version=3, text="# قوانین", effective_from=date(2021, 3, 21))


def newest(phone: Phone, digits: int) -> str:
    """The secret of so many digits in the newest SMS."""
    sending.send_due()
    found = re.search(rf"(?<!\d)\d{{{digits}}}(?!\d)", to_latin(phone.messages(MOBILE)[0]))
    assert found, phone.messages(MOBILE)
    return found[0]


def assert_nowhere(secret: str, logged: list[str]) -> None:
    """Neither in the database nor in a log line."""
    assert len(secret) >= 6
    assert lines_with(secret, dump()) == []
    assert lines_with(secret, "\n".join(logged)) == []


def test_the_dump_finds_what_was_planted_and_nothing_else(logged: list[str]) -> None:
    owner = make_owner()
    assert lines_with("48151623", dump()) == []
    notices.add(owner.pk, "x", "رمز شما 48151623 است")
    assert len(lines_with("48151623", dump())) == 1
    client = Client()
    client.force_login(owner)
    session = client.session
    session["x"] = "23421516"
    session.save()
    assert len(lines_with("23421516", dump())) == 1


def test_the_listening_hears_a_planted_line(logged: list[str]) -> None:
    logging.getLogger("septam.test").debug("code %s", "481516")
    assert len(lines_with("481516", "\n".join(logged))) == 1


@pytest.mark.usefixtures("_terms")
def test_a_registrations_password_is_nowhere_before_or_after_its_use(
    client: Client, phone: Phone, logged: list[str]
) -> None:
    register(client)
    assert_nowhere("00000000", logged)
    password = newest(phone, 8)
    assert_nowhere(password, logged)
    sign_in(client, MOBILE, password)
    assert signed_in(client)
    assert_nowhere(password, logged)


def test_a_recoverys_password_is_nowhere_before_or_after_its_use(
    client: Client, phone: Phone, logged: list[str]
) -> None:
    make_owner(MOBILE)
    client.post("/recover/", {"account": MOBILE, **solved(client.get("/recover/"))})
    password = newest(phone, 8)
    assert_nowhere(password, logged)
    sign_in(client, MOBILE, password)
    assert signed_in(client)
    assert_nowhere(password, logged)


def test_a_one_time_code_is_nowhere_before_or_after_its_use(
    client: Client, phone: Phone, logged: list[str]
) -> None:
    make_owner(MOBILE)
    client.post("/sign-in/code/", {"account": MOBILE})
    code = newest(phone, 6)
    assert_nowhere(code, logged)
    client.post("/sign-in/code/enter/", {"code": "9" * 6})
    client.post("/sign-in/code/enter/", {"code": code})
    assert signed_in(client)
    assert_nowhere(code, logged)


def test_the_pages_that_tell_where_an_sms_is_hold_neither_password_nor_code(
    client: Client, phone: Phone, logged: list[str]
) -> None:
    owner = make_owner(MOBILE)
    sign_in(client, MOBILE, PASSWORD)
    client.post("/sign-out/")
    client.post("/recover/", {"account": MOBILE, **solved(client.get("/recover/"))})
    secrets = [newest(phone, 8)]
    client.post("/sign-in/code/", {"account": MOBILE})
    secrets.append(newest(phone, 6))
    office = office_client(make_staff(Role.SUPPORT))
    answers = {"check": "1", "national_id_end": "0899", "last_name": "حسینی"}
    helped = office.post(f"/office/accounts/user/{owner.pk}/help/", answers, follow=True)
    assert "رمز تازه" in helped.content.decode()
    office.post(f"/office/accounts/user/{owner.pk}/help/", {"send": "1"})
    secrets.append(newest(phone, 8))
    pages = [client.get(path) for path in ("/sign-in/", "/sign-in/sms/", "/sign-in/code/enter/")]
    pages += [helped, office.get(f"/office/accounts/user/{owner.pk}/help/")]
    pages.append(office.get("/office/notifications/smsmessage/"))
    assert "به مخابرات تحویل شد" in pages[1].content.decode()
    for secret in secrets:
        assert_nowhere(secret, logged)
        for shown in pages:
            assert secret not in to_latin(shown.content.decode())


def test_a_chosen_password_and_a_mistyped_one_are_nowhere(
    client: Client, logged: list[str]
) -> None:
    make_owner(MOBILE)
    sign_in(client, MOBILE, "mistyped-72940518")
    assert signed_in(client) is None
    sign_in(client, MOBILE, PASSWORD)
    chosen = {"present": PASSWORD, "password": "کبوتر-58213947", "again": "کبوتر-58213947"}
    assert client.post("/password/", chosen).status_code == 302
    for secret in ("72940518", "58213947"):
        assert_nowhere(secret, logged)


def test_recovery_codes_of_staff_are_nowhere_before_or_after_their_use(logged: list[str]) -> None:
    member: User = make_staff(Role.MANAGER)
    client = Client()
    client.force_login(member)
    client.get("/office/second-factor/")
    waiting = TOTPDevice.objects.get(user=member, confirmed=False)
    shown = client.post("/office/second-factor/", {"token": devices.current_code(waiting)})
    codes = [item.text_content().strip() for item in page(shown).xpath("//main//li")]
    assert len(codes) == 10
    other = Client()
    other.force_login(member)
    assert other.post("/office/verify/", {"token": codes[0]}).status_code == 302
    for code in codes:
        assert_nowhere(code, logged)
        assert_nowhere(code.replace("-", ""), logged)


def test_a_failed_sending_tells_neither_the_secret_nor_the_key(
    client: Client, phone: Phone, logged: list[str]
) -> None:
    make_owner(MOBILE)
    phone.fault(operation="*", kind="code", value="418", count=9)
    client.post("/sign-in/code/", {"account": MOBILE})
    sending.send_due()
    assert SmsMessage.objects.get().error
    seen = dump() + "\n".join(logged)
    assert settings.SMS_KEY not in seen
    assert settings.SMSIR_KEY not in seen


def test_the_key_of_the_sms_provider_is_in_no_log_and_no_table(
    phone: Phone, logged: list[str]
) -> None:
    owner = make_owner(MOBILE)
    client = Client()
    client.post("/recover/", {"account": owner.mobile, **solved(client.get("/recover/"))})
    newest(phone, 8)
    assert [line for line in logged if "urllib3" in line] == []
    seen = dump() + "\n".join(logged)
    assert settings.SMS_KEY not in seen
    assert settings.SMSIR_KEY not in seen


def test_the_terminals_password_is_in_no_log_and_no_table(bank: Bank, logged: list[str]) -> None:
    attempt = payments.start(make_order(make_owner()), "behpardakht")
    fields = bank.finish(attempt.token)
    bank.fault("bpVerifyRequest", "after")
    Client().post("/bank/behpardakht/callback/", fields)
    password = settings.GATEWAYS["behpardakht"]["password"]
    assert password not in dump() + "\n".join(logged)
