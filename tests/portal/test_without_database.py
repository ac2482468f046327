"""While the database is away: the portal's own page, told apart from a fault, with the number that support asks for."""

from typing import NoReturn

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from tests.people import make_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A signed-in owner's browser; then the database goes."""
    client = Client(raise_request_exception=False)
    client.force_login(make_owner())

    def lost() -> NoReturn:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "cursor", lambda *args, **options: lost())
    return client


@pytest.mark.parametrize("path", ["/places/", "/history/", "/profile/", "/office/"])
def test_a_page_that_needs_it_says_so_with_503_in_our_own_words(away: Client, path: str) -> None:
    answer = away.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    page = answer.content.decode()
    assert "دوباره پرداخت نکنید" in page
    assert answer.headers["X-Request-Id"] in page
    assert "server closed" not in page


def test_the_way_back_from_the_bank_says_it_too_so_that_the_payer_reloads(away: Client) -> None:
    fields = {
        "RefId": "ABCDEF0123456789",
        "ResCode": "0",
        "SaleOrderId": "1",
        "SaleReferenceId": "2",
    }
    assert away.post("/bank/behpardakht/callback/", fields).status_code == 503


def test_the_process_is_alive_all_the_same_and_not_ready(away: Client) -> None:
    assert away.get("/healthz").status_code == 200
    ready = away.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": False})


@pytest.mark.parametrize(("problem", "status"), [(InterfaceError, 503), (ValueError, 500)])
def test_only_a_lost_database_is_503(
    monkeypatch: pytest.MonkeyPatch, problem: type[Exception], status: int
) -> None:
    from portal import health

    def fails(*args: object, **options: object) -> NoReturn:
        raise problem

    monkeypatch.setattr(health, "HttpResponse", fails)
    answer = Client(raise_request_exception=False).get("/healthz")
    assert answer.status_code == status
