"""However many strangers ask, and for whatever: few messages reach one number, and its owner's device keeps its way."""

from typing import Any

import pytest
from django.test import Client

from accounts import limits
from notifications.models import SmsMessage
from septam.throttle import Limit
from tests.accounts.steps import page, register, secret_of, sign_in, signed_in, solved
from tests.people import PASSWORD, make_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]
NUMBER, USERNAME = "09121234567", "trustingHawk4567"
WAIT = "تعداد دفعات بیش از حد مجاز است"


def elsewhere(number: int) -> Client:
    """A browser that nobody knows, at an address of its own."""
    return Client(REMOTE_ADDR=f"198.51.100.{number}")


def code(client: Client, account: str = NUMBER) -> Any:
    return client.post("/sign-in/code/", {"account": account})


def recovery(client: Client, account: str = NUMBER) -> Any:
    return client.post("/recover/", {"account": account, **solved(client.get("/recover/"))})


def not_mine(client: Client, mobile: str = NUMBER) -> Any:
    form = solved(client.get("/sign-in/not-mine/"))
    return client.post("/sign-in/not-mine/", {"mobile": mobile, **form})


def flood(account: str = NUMBER) -> list[Any]:
    """Three strangers, each of whom asks for one of everything; the answers."""
    asks = (code, recovery, not_mine)
    return [ask(elsewhere(number), account) for number in range(3) for ask in asks]


def told(answers: list[Any]) -> list[tuple[int, bool]]:
    """What strangers can see of answers: a page of its own or onward, and whether a wait was told."""
    return [(one.status_code, WAIT in one.content.decode()) for one in answers]


def test_six_messages_an_hour_reach_one_number_whoever_asks_for_whatever() -> None:
    make_owner()
    assert told(flood()) == [(302, False)] * 6 + [(200, True)] * 3
    assert SmsMessage.objects.count() == 6


def test_of_a_day_the_number_gets_so_many_whoever_asks_for_whatever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "NUMBER_DAY", Limit("day", 4, limits.DAY))
    make_owner()
    flood()
    assert SmsMessage.objects.count() == 4


def test_a_number_without_an_account_is_counted_and_answered_the_same() -> None:
    make_owner()
    known = told(flood())
    assert told(flood("09129999999")) == known


def test_under_the_accounts_other_name_no_more_reach_its_number_and_nobody_is_told() -> None:
    make_owner()
    flood()
    assert told([code(elsewhere(7), USERNAME), recovery(elsewhere(8), USERNAME)]) == [
        (302, False),
        (302, False),
    ]
    assert SmsMessage.objects.count() == 6


def test_registrations_count_against_the_number_too() -> None:
    for number in range(7):
        answer = register(elsewhere(number))
    assert WAIT in answer.content.decode()
    assert SmsMessage.objects.filter(event="registration.password").count() == 6


def test_while_registration_is_closed_it_counts_against_no_number(terms: Any) -> None:
    terms.delete()
    for number in range(7):
        register(elsewhere(number))
    assert told([code(elsewhere(9))]) == [(302, False)]


def test_a_client_over_its_own_limit_does_not_count_against_the_number() -> None:
    make_owner()
    for _time in range(10):
        code(elsewhere(1))
    for _time in range(4):
        code(elsewhere(2))
    assert SmsMessage.objects.count() == 6


def test_strangers_who_flood_a_number_do_not_close_the_way_of_its_owners_device(
    client: Client,
) -> None:
    owner = make_owner()
    sign_in(client, NUMBER, PASSWORD)
    client.post("/sign-out/")
    flood()
    assert recovery(client).status_code == 302
    assert code(client).status_code == 302
    client.post("/sign-in/code/enter/", {"code": secret_of("login.code")})
    assert signed_in(client) == owner


def test_the_owners_device_has_a_bound_of_its_own_over_all_kinds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "NUMBER_HOUR", Limit("hour", 3, limits.HOUR))
    make_owner()
    sign_in(client, NUMBER, PASSWORD)
    client.post("/sign-out/")
    answers = [ask(client) for ask in (code, recovery, code, recovery)]
    assert told(answers) == [(302, False)] * 3 + [(200, True)]
    assert told([code(elsewhere(1))]) == [(302, False)], "nor does it fill the number's"


def test_who_is_signed_in_changes_the_mobile_though_strangers_flood_it() -> None:
    client = Client()
    client.force_login(make_owner())
    flood()
    answer = client.post("/profile/mobile/", {"mobile": "09351112233"})
    assert answer.status_code == 302


def test_the_page_of_a_refused_password_does_not_call_a_flooded_numbers_code_open() -> None:
    make_owner()
    flood()
    guesser = elsewhere(9)
    for _time in range(6):
        refused = sign_in(guesser, NUMBER, "99999999")
    assert "همچنان باز است" not in page(refused).text_content()
