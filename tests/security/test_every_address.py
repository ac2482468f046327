"""Attacks on every address of the portal and the office, each as somebody who may open it: none finds a fault."""

import itertools
import os
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client

from tests.access.world import World, browser_of, make_world
from tests.security.every_address import (
    Target,
    answered,
    filters_of_lists,
    forms_of,
    parameters,
    targets,
)

pytestmark = pytest.mark.django_db

# What nobody should type. «²» is a digit and no number; a number of 5,000 digits is more than Python reads.
ODD = [
    "²", "-1", "9" * 5000, "99999999999999999999", "۱۴۰۲/۱۳/۴۵", "\udcff", "'\"><script>alert(1)</script>", "\u202e1\u0000",
    "NaN", "1e400", "[]", "a" * 3000, "%", "\\", "2024-02-31",
]  # fmt: skip
ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "https:evil.example",
    "javascript:alert(1)", "/\t/evil.example", " //evil.example", "///evil.example", "http:///evil.example/", "nowhere",
    "http://[",
]  # fmt: skip
# The pages that lead on to where one was going are tried with each way to write it, all others with the first.
LEADERS = {
    "accounts:sign_in", "accounts:sign_in_code", "accounts:sign_in_code_enter", "accounts:still_theirs",
    "accounts:office_verify", "accounts:office_again", "admin:login", "notifications:put_away", "admin:index",
}  # fmt: skip
LEADING = (
    "next",
    "back",
    "url",
    "return",
    "return_to",
    "redirect",
    "redirect_to",
    "to",
    "from",
    "goto",
)


@pytest.fixture
def world() -> World:
    """One of everything."""
    return make_world()


def encoded(pairs: list[tuple[str, str]]) -> str:
    """The pairs as a browser, or somebody worse, would write them into an address."""
    return urlencode(pairs, errors="surrogateescape")


def is_fault(answer: Any) -> bool:
    """Whether it is an error of the server; 503 is what /readyz says without a worker."""
    return answer.status_code >= 500 and answer.status_code != 503


def test_a_number_in_an_address_that_no_row_can_have_brings_no_fault(world: World) -> None:
    faults, tried, number = [], 0, str(2**63)
    for target in targets(world):
        path = re.sub(r"(?<=/)\d+(?=/|$)", number, target.path)
        for method in ("get", "post") if path != target.path else ():
            tried += 1
            if is_fault(answered(target, method, path)):
                faults.append(f"{method} {target.name} as {target.person}")
    assert faults == []
    assert tried > 100


def odd_queries(target: Target) -> list[str]:
    """Each parameter that is known, with each of three odd values in turn."""
    filters = filters_of_lists().get(target.name)
    known = parameters() if filters is None else ("q", "p", "o", "all", "_to_field", *filters)
    return [
        encoded([(name, ODD[(turn * 4 + place) % len(ODD)]) for place, name in enumerate(known)])
        for turn in range(TURNS)
    ]


# Each round gives each parameter and field another odd value; SEPTAM_ODD_ROUNDS=15 gives them all, in ten minutes.
TURNS = int(os.environ.get("SEPTAM_ODD_ROUNDS", "1"))


def test_no_query_of_any_address_brings_a_fault(world: World) -> None:
    faults = []
    for target in targets(world):
        for query in odd_queries(target):
            answer = answered(target, path=f"{target.path}?{query}")
            if is_fault(answer):
                faults.append(f"{target.name} as {target.person}: {query[:300]}")
    assert faults == []


def test_no_odd_value_in_any_form_brings_a_fault(world: World) -> None:
    faults, sent = [], 0
    for target in targets(world):
        for turn, form in itertools.product(range(TURNS), odd_forms(target)):
            data = {name: ODD[(turn * 4 + place) % len(ODD)] for place, name in enumerate(form)}
            data = {name: value.replace("\udcff", "�") for name, value in data.items()}
            sent += 1
            if is_fault(answered(target, "post", data=data)):
                faults.append(f"{target.name} as {target.person}: {str(data)[:600]}")
    assert faults == []
    assert sent > 200


def odd_forms(target: Target) -> list[list[str]]:
    """The names of the fields of each form of the page; of an address without a form what might be sent to it."""
    found = [list(form) for form in forms_of(answered(target).body)]
    return found or [
        ["answer", "pk", "number", "all", "notice", "page", "next", "shown_total", "post", "action"]
    ]


def test_no_address_leads_to_another_site(world: World) -> None:
    led, banks = [], {urlsplit(one).netloc for one in bank_pages()}
    for target in targets(world):
        for elsewhere in ELSEWHERE if target.name in LEADERS else ELSEWHERE[:1]:
            for method in ("get", "post"):
                pairs = [(name, elsewhere) for name in LEADING]
                answer = answered(target, method, f"{target.path}?{encoded(pairs)}", dict(pairs))
                host = urlsplit(answer.get("Location", "").replace("\\", "/")).netloc
                if is_fault(answer) or host not in {"", "testserver", *banks}:
                    led.append(
                        f"{method} {target.name} with {elsewhere}: {answer.status_code} {host}"
                    )
    assert led == []


def bank_pages() -> list[str]:
    """Where the portal may send people to pay."""
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]
    return [one for one in policy if one.startswith("http")]


def test_a_method_of_no_page_is_answered_and_does_nothing(world: World) -> None:
    wrong = []
    methods = itertools.cycle(["put", "patch", "delete", "options"])
    for target, method in zip(targets(world), methods, strict=False):
        answer = answered(target, method)
        office = target.name.startswith(("admin:", "office/"))
        if is_fault(answer) or (not office and answer.status_code < 300):
            wrong.append(f"{method} {target.name}: {answer.status_code}")
    assert wrong == []
    assert Client().trace("/").status_code == 405


def test_a_method_named_in_a_header_or_field_changes_nothing(world: World) -> None:
    owner = browser_of("owner", world)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        answer = owner.get("/sign-out/", {"_method": "POST"}, headers={name: "POST"})
        assert answer.status_code == 405


def test_every_post_needs_the_token_of_its_form_but_for_two_that_believe_nothing(
    world: World,
) -> None:
    open_ones = []
    for target in targets(world):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = target.client.cookies
        if strict.post(target.path, {"answer": "yes", "post": "yes"}).status_code != 403:
            open_ones.append(target.name)
    assert sorted(open_ones) == ["billing:callback", "notifications:sms_status"]


def test_a_token_from_a_page_of_another_site_is_no_good(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.owner)
    strict.get("/profile/")
    token = strict.cookies["csrftoken"].value
    for origin in ("https://evil.example", "null", "http://testserver.evil.example", "https://["):
        fields = {"csrfmiddlewaretoken": token}
        answer = strict.post("/sign-out/", fields, headers={"Origin": origin})
        assert (origin, answer.status_code) == (origin, 403)
    assert strict.post("/sign-out/", {"csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b", "[::1", "evil.example:80"])  # fmt: skip
def test_a_foreign_host_gets_no_page(world: World, host: str) -> None:
    for path in ("/", "/sign-in/", "/office/", "/recover/", "/nothing/"):
        answer = Client().get(path, headers={"host": host})
        assert (path, answer.status_code) == (path, 400)
        assert "evil" not in answer.content.decode()


# Whatever stands in front of the portal forwards, or a stranger makes up.
SAID = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example", "Forwarded": "host=evil.example",
    "X-Original-URL": "/office/evil.example", "X-Rewrite-URL": "/office/evil.example", "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "//evil.example",
}  # fmt: skip


def test_no_page_repeats_what_is_said_of_the_host_and_no_cache_of_others_keeps_a_persons_page(
    world: World,
) -> None:
    kept = []
    for target in targets(world):
        answer = answered(target, headers=SAID)
        assert (target.name, b"evil" in answer.body) == (target.name, False)
        assert "evil" not in str(answer.headers)
        rules = answer["Cache-Control"]
        if "private" not in rules and "no-store" not in rules:
            nameless = answered(Target(target.name, target.path, "anonymous", Client()))
            same = nameless.body == answer.body and not answer.cookies
            if not same and "Cookie" not in answer.get("Vary", ""):
                kept.append(f"{target.name}: {rules} {answer.get('Vary')}")
    assert kept == []


def test_a_list_of_the_office_answers_only_what_its_filters_ask(world: World) -> None:
    """Else somebody who may see the list reads a hash, or another column, letter by letter."""
    told, asked = [], 0
    lists = {f"admin:{one._meta.app_label}_{one._meta.model_name}_changelist": one for one in admin.site._registry}  # fmt: skip
    for target in targets(world):
        fields = lists[target.name]._meta.concrete_fields if target.name in lists else ()
        for field in fields:
            for lookup in ("startswith", "year"):
                answer = answered(target, path=f"{target.path}?{field.name}__{lookup}=1")
                asked += 1
                if answer.status_code != 400 and "e=1" not in answer.get("Location", ""):
                    told.append(f"{target.name} {field.name}__{lookup}: {answer.status_code}")
    assert told == []
    assert asked > 300
