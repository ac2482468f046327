"""The office's audit log: people and things by name, verbs in words, and no more of an owner than may be seen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from inspections import workflow
from septam import audit, audit_words
from septam.models import AuditEvent
from tests.make import make_place
from tests.people import make_owner, make_staff, office_client

ROOT = Path(__file__).resolve().parents[2]
APPS = ("septam", "notifications", "sites", "accounts", "inspections", "billing", "portal")
LIST = "/office/septam/auditevent/"
# Written by `record` or by what hands the verb on to it.
NOTING = {"record", "log_change_of", "write"}


def make_support(name: str = "parastoo") -> User:
    """A member of staff with a name."""
    person = make_staff(Role.SUPPORT, username=name)
    User.objects.filter(pk=person.pk).update(first_name="پرستو", last_name="یزدانی")
    return person


def shown(query: str = "") -> str:
    answer = office_client(make_staff(Role.MANAGER)).get(f"{LIST}?{query}")
    assert answer.status_code == 200
    rows: str = answer.content.decode().partition('id="result_list"')[2].partition("</tbody>")[0]
    return rows


@pytest.mark.django_db
def test_staff_stand_by_name_owners_by_number_and_hidden_mobile_and_things_lead_to_their_page() -> (
    None
):
    owner, support = make_owner(), make_support()
    visit = workflow.open_request(make_place(owner), owner)
    audit.record(support.pk, "office.view", visit)
    page = shown("q=parastoo")
    assert "پرستو یزدانی (parastoo)" in page
    assert f'<a href="/office/inspections/visitrequest/{visit.pk}/change/">' in page
    assert "درخواست بازدید" in page
    assert re.search(r'<bdi dir="ltr">۰۹[۰-۹]{2}•••[۰-۹]{4}</bdi>', page), "read from left to right"
    assert owner.last_name not in page
    for secret in (owner.mobile, owner.username, "office.view", "inspections.visitrequest"):
        assert str(secret) not in page


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["parastoo", "PARASTOO", "mobile", "number"])
def test_events_are_found_by_whom_they_are(typed: str) -> None:
    owner, support = make_owner(), make_support()
    User.objects.filter(pk=support.pk).update(mobile="09121110000")
    audit.record(support.pk, "office.view", owner)
    audit.record(owner.pk, "account.sign_in", owner)
    found = shown(f"q={ {'mobile': '۰۹۱۲۱۱۱۰۰۰۰', 'number': support.pk}.get(typed, typed) }")
    assert "مشاهده" in found
    assert "ورود" not in found
    assert "مشاهده" not in shown("q=nobody")


@pytest.mark.django_db
def test_the_people_of_a_page_cost_as_many_queries_however_many_they_are() -> None:
    owner = make_owner()

    def count() -> int:
        client = office_client(make_staff(Role.MANAGER))
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LIST).status_code == 200
        # What else a page asks depends on the moment (sessions, announcements).
        return sum('FROM "accounts_user"' in query["sql"] for query in queries)

    audit.record(make_support().pk, "office.view", owner)
    few = count()
    for number in range(12):
        audit.record(make_support(f"person{number}").pk, "office.view", owner)
    assert count() == few


@pytest.mark.django_db
def test_a_list_and_an_export_say_how_many_rows_of_what() -> None:
    owner, support = make_owner(), make_support()
    audit.record(support.pk, "office.export", owner.__class__(), rows=1204)
    assert "۱۲۰۴ ردیف از «" in shown("q=parastoo")
    event = AuditEvent.objects.latest("pk")
    one = office_client(make_staff(Role.MANAGER)).get(f"{LIST}{event.pk}/change/")
    assert "پرستو یزدانی" in one.content.decode()


def verbs_of_the_code() -> Iterator[str]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "attr", getattr(node.func, "id", "")) in NOTING
                ):
                    for argument in node.args:
                        if isinstance(argument, ast.Constant) and re.fullmatch(
                            r"[a-z]+\.[a-z_]+", str(argument.value)
                        ):
                            yield str(argument.value)


def test_every_verb_has_words_of_its_own() -> None:
    # The owner's own steps too: a member of staff may have a shop, or may act for its owner.
    said = {f"request.{verb}" for verb in [*workflow.TRANSITIONS, "complain"]}
    assert {
        verb for verb in said | set(verbs_of_the_code()) if verb not in audit_words._VERBS
    } == set()


def test_every_kind_of_thing_in_the_log_has_persian_words() -> None:
    # What the code records that has no list in the office, and so no title of its own.
    for kind in ("inspections.calendarfeed", "billing.orderline", "portal.referenceimport"):
        assert not re.search("[A-Za-z]", audit_words.of_kind(kind).replace("CSV", "")), kind
