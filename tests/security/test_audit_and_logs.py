"""The audit log can only grow; secrets in paths are masked in the logs."""

import json
import logging
import sys
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Role
from septam import audit, clock
from septam.logs import JsonFormatter, mask
from septam.models import AuditEvent
from tests.people import make_owner, make_staff, office_client


@pytest.fixture
def event(db: None) -> AuditEvent:
    """One event."""
    owner = make_owner()
    audit.record(owner.pk, "test.event", owner)
    return AuditEvent.objects.get(verb="test.event")


def refused(statement: str) -> None:
    """The database itself refuses."""
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE septam_auditevent SET verb = 'nothing'",
        "UPDATE septam_auditevent SET actor_id = NULL",
        "DELETE FROM septam_auditevent",
    ],
)
def test_no_event_can_be_changed_or_deleted(event: AuditEvent, statement: str) -> None:
    refused(statement)
    event.refresh_from_db()
    assert event.verb == "test.event"


def test_the_models_own_ways_are_refused_too(event: AuditEvent) -> None:
    for change in (
        event.delete,
        lambda: AuditEvent.objects.update(at=clock.now() - timedelta(days=1)),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_the_table_cannot_be_emptied(event: AuditEvent) -> None:
    # The tests' database leaves this trigger off, so that tests with real transactions can clean up.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE septam_auditevent ENABLE TRIGGER septam_audit_no_truncate")
    refused("TRUNCATE septam_auditevent")
    assert AuditEvent.objects.filter(pk=event.pk).exists()


@pytest.mark.django_db
def test_both_triggers_are_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'septam_auditevent'::regclass AND NOT tgisinternal"
        )
        names = {name for (name,) in cursor.fetchall()}
    assert names == {"septam_audit_no_change", "septam_audit_no_truncate"}


@pytest.mark.parametrize(
    "path",
    [
        "/c/SECRET/", "/c/SECRET/certificate.pdf", "/r/12:SECRET/", "/feed/SECRET.ics", "/v1/SECRET/sms/send.json",
        "http://127.0.0.1:8002/v1/SECRET/verify/lookup.json?a=1", "/sms-status/SECRET/?messageid=1",
    ],
)  # fmt: skip
def test_secrets_in_paths_are_masked(path: str) -> None:
    line = formatted("GET %s 404", path)
    assert "SECRET" not in line
    assert "***" in line
    assert "SECRET" not in mask(path)


@pytest.mark.parametrize(
    "path", ["/places/12/edit/", "/requests/030127010628/", "/receipts/12/", "/check/?number=1"]
)
def test_other_paths_stay_readable(path: str) -> None:
    assert path in json.loads(formatted("GET %s", path))["message"]


def test_secrets_in_the_text_of_a_fault_are_masked_too() -> None:
    try:
        raise RuntimeError("no answer of http://sms/v1/SECRET/send")
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    line = JsonFormatter().format(record)
    assert "SECRET" not in line
    assert "RuntimeError" in line


def test_a_line_break_in_a_path_makes_no_second_line() -> None:
    assert "\n" not in formatted("GET %s", "/x\n{}")


@pytest.mark.parametrize(
    "sign", ["\r", "\n", "\x1b[2J", "\x9b31m", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\x7f", "\ud800", "\x00"]
)  # fmt: skip
def test_nothing_in_a_line_moves_the_readers_screen_or_breaks_the_line(sign: str) -> None:
    said = f'/x{sign}{{"level": "INFO"}}'
    line = formatted("GET %s", said)
    assert sign not in line
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == f"GET {said}"
    assert line.encode()


def formatted(message: str, *values: str) -> str:
    """The line of a record."""
    return JsonFormatter().format(
        logging.LogRecord("x", logging.INFO, "", 0, message, values, None)
    )


def test_the_portals_own_handler_masks(db: None, logged: list[str]) -> None:
    Client().get("/c/ABCDEFGHJKMN/")
    Client().get("/r/12:abcdefghi/")
    assert [line for line in logged if "ABCDEFGHJKMN" in line or "abcdefghi" in line] == []
    assert [line for line in logged if "/c/***" in line]


def test_a_request_that_failed_is_logged_with_its_id(db: None, logged: list[str]) -> None:
    response = Client().get("/nothing-here/")
    entries = [json.loads(line) for line in logged]
    assert response["X-Request-Id"] in {
        entry["request_id"] for entry in entries if "nothing-here" in entry["message"]
    }


@pytest.mark.parametrize(
    "path", ["/no-such-page/", "/office/inspections/visitrequest/?place__note__startswith=a"]
)
def test_a_request_that_was_refused_takes_one_line_without_a_stack(
    db: None, logged: list[str], path: str
) -> None:
    """Else a stranger fills the disk with wrong addresses."""
    office_client(make_staff(Role.MANAGER)).get(path)
    lines = [json.loads(line) for text in logged for line in text.splitlines()]
    assert lines
    assert not [line for line in lines if "Traceback" in line.get("exception", "")]
