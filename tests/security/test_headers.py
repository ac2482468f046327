"""What every answer carries: the content security policy, other headers, caching rules, cookies."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from accounts.models import Role
from septam.office.base import OfficeModelAdmin
from tests.access.world import World, arguments_of, browser_of, make_world
from tests.accounts.steps import sign_in
from tests.people import PASSWORD, make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db

FORMS = [
    "accounts:register", "accounts:recover", "accounts:sign_in", "accounts:sign_in_code", "accounts:profile",
    "accounts:password", "sites:place_create", "sites:place_edit", "inspections:request_visit",
    "inspections:withdraw", "inspections:slot_confirm", "inspections:slot_decline", "inspections:name_hours",
    "inspections:check", "billing:cart",
]  # fmt: skip
NOT_SIGNED_IN = {
    "accounts:register",
    "accounts:recover",
    "accounts:sign_in",
    "accounts:sign_in_code",
}
MONEY_AND_PAPERS = [
    "billing:order", "billing:go_to_bank", "billing:result", "billing:receipt", "inspections:certificate",
    "inspections:certificate_pdf", "inspections:request_sheet",
]  # fmt: skip


def policy(response: Any) -> dict[str, list[str]]:
    """The directives of the content security policy."""
    parts = [
        part.split() for part in response["Content-Security-Policy"].split(";") if part.strip()
    ]
    return {part[0]: part[1:] for part in parts}


def assert_strict(response: Any) -> None:
    """Own files only, nothing inline, no frame around it."""
    found = policy(response)
    assert found["default-src"] == ["'self'"]
    assert found["object-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    assert found["img-src"] == ["'self'", "data:"]
    assert not re.search("unsafe|\\*|nonce", response["Content-Security-Policy"])
    assert not {"script-src", "style-src"} & set(found)


@pytest.fixture
def world() -> World:
    """One of everything."""
    return make_world()


def answer(world: World, name: str) -> Any:
    """The page, as the owner gets it; those for visitors as a visitor does."""
    browser = Client() if name in NOT_SIGNED_IN else browser_of("owner", world)
    return browser.get(reverse(name, kwargs=arguments_of(name, world)))


def test_pages_of_the_portal_allow_nothing_inline_and_nothing_of_others(world: World) -> None:
    for name in (
        *FORMS,
        *MONEY_AND_PAPERS,
        "portal:home",
        "portal:places",
        "inspections:public_certificate",
    ):
        assert_strict(answer(world, name))


def test_only_the_banks_page_may_receive_a_form_beside_the_portal() -> None:
    assert policy(Client().get("/"))["form-action"] == ["'self'", "http://localhost:8001"]


@pytest.mark.parametrize(
    "path",
    [
        "/office/", "/office/accounts/user/", "/office/accounts/user/add/", "/office/inspections/holiday/add/",
        "/office/inspections/criteriaset/", "/office/billing/tariff/", "/office/nothing/",
    ],
)  # fmt: skip
def test_pages_of_the_office_allow_nothing_inline(path: str) -> None:
    response = office_client(make_staff(Role.MANAGER)).get(path)
    assert response.status_code in (200, 404)
    assert_strict(response)
    text = response.content.decode()
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", text)
    assert not re.search(
        r"<script(?![^>]*(\ssrc=|type=\"application/json\"|type=\"text/template\"))", text
    )


@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/nothing-here/", "/suggest/cities/?q=a", "/office/"]
)
def test_every_answer_has_the_other_headers(path: str) -> None:
    response = Client().get(path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-Id"])
    assert "Server" not in response
    assert "X-Powered-By" not in response


def test_form_pages_may_be_kept_for_the_back_button_and_by_nobody_else(world: World) -> None:
    for name in FORMS:
        response = answer(world, name)
        assert (name, response.status_code) == (name, 200)
        assert (name, response["Cache-Control"]) == (name, "private, no-cache")


def test_money_and_personal_papers_are_kept_nowhere(world: World) -> None:
    for name in MONEY_AND_PAPERS:
        response = answer(world, name)
        assert (name, response.status_code < 300) == (name, True)
        assert (name, "no-store" in response["Cache-Control"]) == (name, True)


def test_only_lists_that_are_the_same_for_everybody_may_be_shared(world: World) -> None:
    for name in ("sites:city_suggest", "sites:category_suggest", "sites:laboratory_choices"):
        response = answer(world, name)
        assert "public" in response["Cache-Control"]
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


def test_the_office_is_kept_nowhere() -> None:
    client = office_client(make_staff(Role.MANAGER))
    for path in ("/office/", "/office/accounts/user/", "/office/verify/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_a_certificates_public_page_tells_its_address_to_nobody(world: World) -> None:
    response = answer(world, "inspections:public_certificate")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"


def test_the_session_cookie_is_for_the_server_alone(client: Client) -> None:
    make_owner("09121234567")
    cookies = sign_in(client, "09121234567", PASSWORD).cookies
    assert cookies["sessionid"]["httponly"]
    for cookie in cookies.values():
        assert cookie["samesite"] in ("Lax", "Strict")
        assert not cookie["domain"]


def test_the_cookie_of_a_known_device_is_for_the_server_alone(client: Client) -> None:
    make_owner("09121234567")
    cookies = sign_in(client, "09121234567", PASSWORD).cookies
    devices = [
        cookie
        for name, cookie in cookies.items()
        if name not in ("sessionid", "csrftoken", "messages")
    ]
    assert devices
    assert all(cookie["httponly"] for cookie in devices)


def test_production_sends_cookies_and_pages_by_https_alone(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.PRODUCTION = True
    make_owner("09121234567")
    client = Client()
    client.get("/sign-in/")
    answered = sign_in(client, "09121234567", PASSWORD)
    assert answered.cookies
    assert [cookie.key for cookie in answered.cookies.values() if not cookie["secure"]] == []


def test_a_post_without_the_token_of_the_form_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_owner())
    assert strict.post("/profile/", {}).status_code == 403
    assert strict.post("/sign-out/").status_code == 403


def test_every_model_of_the_office_stands_on_the_offices_base() -> None:
    assert isinstance(admin.site._wrapped, import_string("accounts.office.OfficeSite"))
    others = [a for a in admin.site._registry.values() if not isinstance(a, OfficeModelAdmin)]
    assert others == []
