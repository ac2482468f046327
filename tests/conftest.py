"""Shared fixtures: a clean clock, and a database whose append-only triggers let tests flush."""

import os
from collections.abc import Iterator

os.environ.setdefault("SEPTAM_MODE", "test")

import pytest
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.db import connection
from hypothesis import settings as examples

from inspections.models import VisitPhoto
from notifications import announcements
from septam import clock, kept_pages
from tests.front.scene import rendered  # noqa: F401  (one for the whole process)
from tests.simulated import phone  # noqa: F401  (a fixture for every test)

# `make prove`: the machines of the tests play thousands of runs.
examples.register_profile("long", max_examples=2000)


@pytest.fixture(autouse=True)
def _clean_clock() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()
    cache.clear()
    kept_pages.forget()
    announcements.forget()


@pytest.fixture(autouse=True, scope="session")
def _photos_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Photos of tests lie in a folder that pytest removes."""
    field = VisitPhoto._meta.get_field("file")
    field.storage = FileSystemStorage(tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Tests that need real transactions end with a TRUNCATE, which the audit log and invoices refuse otherwise."""
    guards = {
        "septam_auditevent": "septam_audit_no_truncate",
        "inspections_complaint": "inspections_complaint_no_truncate",
        "billing_invoice": "billing_invoice_no_truncate",
        "billing_invoiceline": "billing_invoiceline_no_truncate",
    }
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        for table, guard in guards.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
