"""Shared fixtures: a clean clock, and a database whose append-only triggers let tests flush."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("SEPTAM_MODE", "test")

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.test.signals import storages_changed
from hypothesis import settings as examples

from accounts import roles
from notifications import announcements
from septam import clock, editions, kept_pages
from tests import emptying, migrated, together
from tests.front.scene import rendered  # noqa: F401  (one for the whole process)
from tests.simulated import phone  # noqa: F401  (a fixture for every test)
from tests.watched_files import WatchedFiles

# `make prove`: the machines of the tests play thousands of runs.
examples.register_profile("long", max_examples=2000)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> together.Together:
    """What shares something costly stays in one process."""
    return together.Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest ones begin first. What lives as long as the process is set aside from the search for garbage."""
    together.slow_first(items)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def _clean_clock() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()
    cache.clear()
    kept_pages.forget()
    editions.forget()
    announcements.forget()


@pytest.fixture(autouse=True, scope="session")
def _files_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files of tests lie in a folder that pytest removes, and none is touched in a transaction."""
    options = {"location": str(tmp_path_factory.mktemp("media"))}
    settings.STORAGES["default"] = {
        "BACKEND": "tests.watched_files.WatchedFiles",
        "OPTIONS": options,
    }
    storages_changed(setting="STORAGES")


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the files of this test alone."""
    monkeypatch.setattr(default_storage, "_wrapped", WatchedFiles(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tests' database is copied from one on which every migration ran."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated.name()


@pytest.fixture(autouse=True, scope="session")
def _empty_quickly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        emptying.use(patch)
        yield


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
        # The groups of the roles, which else each test with a member of staff would make anew.
        roles.setup()
