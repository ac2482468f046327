"""Every page of accounts parses strictly, and carries no inline script or style."""

from typing import Any

import html5lib
import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from tests.accounts.steps import APPLICANT
from tests.people import make_owner, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]


def assert_clean(response: Any) -> None:
    """A strict parse, and nothing that the content security policy would refuse."""
    assert response.status_code == 200
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(response.content.decode())
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert "style" not in element.attrib
            assert not [name for name in element.attrib if name.startswith("on")]
            assert element.tag != "style"
            assert element.tag != "script" or element.get("src")


@pytest.mark.parametrize(
    "address",
    ["/register/", "/recover/", "/sign-in/", "/sign-in/code/", "/terms/", "/terms/3/", "/cookies/"],
)
def test_open_pages_are_clean(client: Client, address: str) -> None:
    assert_clean(client.get(address))


def test_pages_with_faults_are_clean(client: Client) -> None:
    assert_clean(client.post("/register/", {}))
    assert_clean(client.post("/register/", APPLICANT | {"captcha_new": "words"}))
    assert_clean(client.post("/recover/", {}))
    assert_clean(client.post("/sign-in/", {}))
    client.post("/sign-in/code/", {"account": "09129999999"})
    assert_clean(client.post("/sign-in/code/enter/", {"code": "1"}))


def test_an_owners_own_pages_are_clean(client: Client) -> None:
    client.force_login(make_owner())
    assert_clean(client.get("/profile/"))
    assert_clean(client.post("/profile/", {}))
    assert_clean(client.get("/password/"))


def test_pages_of_the_second_factor_are_clean(client: Client) -> None:
    member: User = make_staff(Role.SUPPORT)
    client.force_login(member)
    assert_clean(client.get("/office/second-factor/"))
    TOTPDevice.objects.filter(user=member).update(confirmed=True)
    assert_clean(client.get("/office/verify/"))


def test_whoever_is_signed_in_is_not_offered_another_registration(client: Client) -> None:
    client.force_login(make_owner())
    assert client.get("/register/")["Location"] == "/places/"


@pytest.mark.parametrize("address", ["/register/", "/sign-in/", "/profile/"])
def test_forms_may_be_kept_for_the_back_button(client: Client, address: str) -> None:
    if address == "/profile/":
        client.force_login(make_owner())
    assert client.get(address)["Cache-Control"] == "private, no-cache"
