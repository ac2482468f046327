"""Sessions: each way in begins one of its own, the way out leaves nothing, and a password alone changes nothing of staff."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role
from tests.accounts.steps import secret_of, sign_in, signed_in
from tests.people import PASSWORD, make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db
NEW = {"present": PASSWORD, "password": "Zx-Quartz-771", "again": "Zx-Quartz-771"}


def test_a_session_that_somebody_planted_is_not_the_one_that_gets_in() -> None:
    make_owner()
    planted = Client()
    planted.cookies["sessionid"] = "a" * 32
    sign_in(planted, "09121234567", PASSWORD)
    assert signed_in(planted) is not None
    assert planted.cookies["sessionid"].value != "a" * 32
    assert not Session.objects.filter(session_key="a" * 32).exists()


def test_each_way_in_begins_a_session_of_its_own_and_ends_the_earlier_one() -> None:
    make_owner()
    client = Client()
    client.post("/sign-in/code/", {"account": "09121234567"})
    before = client.cookies["sessionid"].value
    client.post("/sign-in/code/enter/", {"code": secret_of("login.code")})
    assert signed_in(client) is not None
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_whoever_signs_in_after_another_finds_nothing_of_theirs() -> None:
    owner, stranger = make_owner(), make_stranger()
    client = Client()
    client.force_login(owner)
    session = client.session
    session["typed_before"] = {
        "/profile/": {"for": owner.pk, "at": 9e12, "typed": {"name": ["راز"]}}
    }
    session.save()
    before = session.session_key
    client.post("/sign-out/")
    sign_in(client, stranger.mobile or "", PASSWORD)
    assert "راز" not in client.get("/profile/").content.decode()
    left = Client()
    left.cookies["sessionid"] = before or ""
    assert left.get("/places/").status_code == 302


@pytest.mark.parametrize("path", ["/sign-out/", "/sign-out/everywhere/"])
def test_whoever_leaves_makes_the_browser_forget_the_pages_behind_its_back_button(
    path: str,
) -> None:
    client = Client()
    client.force_login(make_owner())
    sheet = "/sign-out/forget.css"
    assert sheet in client.post(path, follow=True).content.decode()
    answer = client.get(sheet)
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "no-store" in answer["Cache-Control"]
    assert sheet not in client.get("/sign-in/").content.decode()


def test_staff_change_their_password_and_end_their_sessions_after_the_second_factor_alone() -> None:
    expert = make_staff(Role.SUPPORT)
    TOTPDevice.objects.create(user=expert, name="totp", confirmed=True)
    half = Client()
    half.force_login(expert)
    for path, fields in (("/password/", NEW), ("/sign-out/everywhere/", {})):
        answer = half.post(path, fields)
        assert answer["Location"] == "/office/verify/?next=%2Fpassword%2F"
    expert.refresh_from_db()
    assert expert.check_password(PASSWORD)
    assert half.get("/password/").status_code == 302
    whole = office_client(expert)
    assert whole.post("/password/", NEW).status_code == 302
    expert.refresh_from_db()
    assert expert.check_password("Zx-Quartz-771")
