"""A session and its person are read at once; the person counts only while the session, as it stands now, names it."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from septam import sessions
from tests.people import PASSWORD, make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db
PAGE = "/notices/"


@pytest.fixture(autouse=True)
def _nobody_is_remembered() -> Iterator[None]:
    sessions._persons.clear()
    yield
    sessions._persons.clear()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(client: Client) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(PAGE).status_code == 200
    return [query["sql"] for query in queries if "septam_clockoffset" not in query["sql"]]


def test_from_the_second_page_on_one_statement_reads_both() -> None:
    client = signed_in(make_owner())
    asked(client)
    remembered = asked(client)
    sessions._persons.clear()
    assert len(remembered) == len(asked(client)) - 1


def test_a_session_that_ended_elsewhere_lets_nobody_in() -> None:
    client = signed_in(make_owner())
    asked(client)
    Session.objects.all().delete()
    assert client.get(PAGE).status_code == 302


def test_a_session_that_ran_out_lets_nobody_in() -> None:
    client = signed_in(make_owner())
    asked(client)
    Session.objects.update(expire_date="2001-01-01T00:00Z")
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("change", [{"is_active": False}, {"session_epoch": 99}])
def test_what_ends_a_persons_sessions_counts_on_the_next_page(change: dict[str, object]) -> None:
    owner = make_owner()
    client = signed_in(owner)
    asked(client)
    User.objects.filter(pk=owner.pk).update(**change)
    assert client.get(PAGE).status_code == 302


def test_who_was_deactivated_signs_in_anew_once_he_is_back() -> None:
    """A session of a device that was lost meanwhile must not wake up."""
    owner = make_owner()
    client, office = Client(), office_client(make_staff(Role.MANAGER))
    client.force_login(owner)
    data = {
        "username": owner.username, "first_name": owner.first_name, "last_name": owner.last_name,
        "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0", "present_password": PASSWORD,
    }  # fmt: skip
    for ticked in ({}, {"is_active": "on"}):
        assert (
            office.post(f"/office/accounts/user/{owner.pk}/change/", data | ticked).status_code
            == 302
        )
    owner.refresh_from_db()
    assert owner.is_active
    assert client.get("/places/").status_code == 302


def test_the_session_and_not_what_is_remembered_says_who_it_is() -> None:
    owner, other = make_owner(), make_stranger()
    client = signed_in(owner)
    (key,) = Session.objects.values_list("session_key", flat=True)
    sessions._persons[key] = other.pk
    page = client.get("/places/").content.decode()
    assert owner.get_full_name() in page
    assert other.get_full_name() not in page
    assert sessions._persons[key] == owner.pk


def test_nobody_comes_along_from_an_earlier_request() -> None:
    owner = make_owner()
    client = signed_in(owner)
    asked(client)
    store = sessions.SessionStore(client.session.session_key)
    store.load()
    assert sessions.taken_along(owner.pk + 1) is None
    assert sessions.taken_along(owner.pk) is None
    store.load()
    sessions.SessionStore()
    assert sessions.taken_along(owner.pk) is None


class _EmptiedByAnother(dict[str, int]):
    """Another thread empties it between two looks."""

    def __contains__(self, key: object) -> bool:
        return True


def test_a_memory_that_another_thread_empties_meanwhile_costs_a_statement_and_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = signed_in(make_owner())
    monkeypatch.setattr(sessions, "_persons", _EmptiedByAnother())
    assert asked(client)


def test_a_full_memory_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_MOST", 1)
    clients = [signed_in(make_owner()), signed_in(make_stranger())]
    for client in clients:
        asked(client)
    assert len(sessions._persons) == 1
