"""The portal's own role reads and writes rows, and can take no guard away from them."""

from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connection, transaction

from septam import audit
from septam.models import AuditEvent
from tests import portal_role
from tests.people import make_owner

pytestmark = pytest.mark.django_db
FORBIDDEN = (
    "DROP TRIGGER septam_audit_no_change ON septam_auditevent",
    "ALTER TABLE septam_auditevent DISABLE TRIGGER ALL",
    "ALTER TABLE septam_auditevent OWNER TO CURRENT_USER",
    "DROP TABLE septam_auditevent",
    "TRUNCATE billing_invoice",
    "CREATE OR REPLACE FUNCTION septam_audit_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "CREATE RULE nothing AS ON INSERT TO septam_auditevent DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
    f"SET ROLE {portal_role.OWNER}",
)


def say(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def as_portal() -> Iterator[None]:
    """Both roles for the time of a transaction; this session is the portal's."""
    owner = make_owner()
    say(portal_role.statements())
    # Of the whole session, so that SET ROLE cannot lead back.
    say(f"SET SESSION AUTHORIZATION {portal_role.PORTAL}")
    try:
        audit.record(owner.pk, "test.event", owner)
        yield
    finally:
        say("RESET SESSION AUTHORIZATION")


def test_it_writes_rows_and_finds_them(as_portal: None) -> None:
    assert AuditEvent.objects.filter(verb="test.event").exists()
    make_owner("09120000001", with_profile=False).delete()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_it_takes_no_guard_away(as_portal: None, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="must be owner|permission denied"):
        say(statement)


def test_the_control_can_take_a_guard_away_as_the_owner() -> None:
    say(portal_role.statements())
    say(f"ALTER TABLE septam_auditevent OWNER TO {portal_role.OWNER}")
    say(f"SET SESSION AUTHORIZATION {portal_role.OWNER}")
    try:
        say(FORBIDDEN[0])
    finally:
        say("RESET SESSION AUTHORIZATION")
