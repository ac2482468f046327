"""A kept connection is looked at before each request; one that the server closed is replaced."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

from septam.postgres.prepared import Prepared

pytestmark = pytest.mark.django_db(transaction=True)


def ask(connection: object, sql: str) -> object:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql)
        return cursor.fetchone()[0]


def ended_by_the_server() -> BaseDatabaseWrapper:
    """Our connection, which the server closed as it does when it restarts; a request begins."""
    connection, other = connections["default"], connections["default"].copy()
    mine = ask(connection, "SELECT pg_backend_pid()")
    try:
        assert ask(other, f"SELECT pg_terminate_backend({mine}, 5000)") is True
    finally:
        other.close()
    connection.health_check_enabled, connection.health_check_done = True, False
    return connection


def test_a_connection_that_stands_costs_no_query() -> None:
    connection = connections["default"]
    assert ask(connection, "SELECT 1") == 1
    with CaptureQueriesContext(connection) as seen:
        assert connection.is_usable()
    assert len(seen) == 0


def test_a_connection_that_the_server_closed_is_replaced_before_the_next_request() -> None:
    first = ask(connections["default"], "SELECT pg_backend_pid()")
    connection = ended_by_the_server()
    assert not connection.is_usable()
    connection.close_if_health_check_failed()
    assert ask(connection, "SELECT pg_backend_pid()") != first


def test_postgres_compiles_none_of_our_statements() -> None:
    assert ask(connections["default"], "SHOW jit") == "off"


def test_a_kept_statement_is_planned_once_a_connection() -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute("PREPARE kept (int) AS SELECT count(*) FROM django_session WHERE $1 = 1")
        for _time in range(3):
            cursor.execute("EXECUTE kept (1)")
    plans = (
        "SELECT generic_plans || ' of ' || generic_plans + custom_plans FROM pg_prepared_statements"
    )
    assert ask(connection, f"{plans} WHERE name = 'kept'") == "3 of 3"


def kept(number: int) -> Prepared[Session]:
    """A kept statement like no other."""
    return Prepared(lambda key: Session.objects.filter(session_key=key).order_by("pk")[:number])


@pytest.mark.parametrize("is_known", [True, False], ids=["told before", "not told yet"])
def test_a_request_that_begins_with_a_kept_statement_finds_the_server_again(
    is_known: bool,
) -> None:
    statement = kept(3 + is_known)
    if is_known:
        assert statement("nobody") == []
    ended_by_the_server()
    assert statement("nobody") == []


@pytest.mark.parametrize("is_known", [True, False], ids=["told before", "not told yet"])
def test_a_server_that_went_away_in_the_middle_is_told_of_in_djangos_words(is_known: bool) -> None:
    """They lead to the page that says «come back soon»; any others are a fault of ours."""
    statement = kept(5 + is_known)
    if is_known:
        assert statement("nobody") == []
    connection = ended_by_the_server()
    connection.health_check_done = True
    with pytest.raises(OperationalError):
        statement("nobody")
    connection.close()
