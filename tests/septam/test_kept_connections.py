"""A kept connection is looked at before each request; one that the server closed is replaced."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db(transaction=True)


def ask(connection: object, sql: str) -> object:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_connection_that_stands_costs_no_query() -> None:
    connection = connections["default"]
    assert ask(connection, "SELECT 1") == 1
    with CaptureQueriesContext(connection) as seen:
        assert connection.is_usable()
    assert len(seen) == 0


def test_a_connection_that_the_server_closed_is_replaced_before_the_next_request() -> None:
    connection, other = connections["default"], connections["default"].copy()
    first = ask(connection, "SELECT pg_backend_pid()")
    try:
        assert ask(other, f"SELECT pg_terminate_backend({first}, 5000)") is True
    finally:
        other.close()
    assert not connection.is_usable()
    connection.health_check_enabled, connection.health_check_done = True, False
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
