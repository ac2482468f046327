"""While the database is away: the portal's own page, told apart from a fault, with the number that support asks for."""

from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.template import engines
from django.templatetags.static import static
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


def test_the_page_of_a_fault_needs_no_collected_files(settings: Any, tmp_path: Path) -> None:
    """Where the static files were not collected every page fails; the one that says so must not."""
    name = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": name}}
    with pytest.raises(ValueError, match="manifest"):
        static("css/portal.css")
    for loader in engines["django"].engine.template_loaders:  # type: ignore[attr-defined]
        loader.reset()  # what it wrote out before is of the other storage
    try:
        answer = Client(raise_request_exception=False).get("/prices/")
    finally:
        for loader in engines["django"].engine.template_loaders:  # type: ignore[attr-defined]
            loader.reset()
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "دوباره پرداخت نکنید" in page
    assert f'href="{settings.STATIC_URL}css/portal.css"' in page
