"""Files beside rows: written before them, removed after them, and never while a transaction is open."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from pytest_django.fixtures import Settings

from septam import clock, jobs, kept_files
from septam.models import DroppedFile
from tests.architecture.source import APPS, python_files
from tests.inspections.journey import at_status
from tests.inspections.photo_making import make_photo
from tests.watched_files import TouchedInTransaction

pytestmark = pytest.mark.django_db
FULL = OSError(28, "No space left on device")


def test_a_setting_that_a_test_changes_leads_no_file_elsewhere(settings: Settings) -> None:
    settings.STATIC_ROOT = "/nowhere"
    assert not default_storage.path("photos/x.jpg").startswith(str(settings.BASE_DIR))


def written(content: bytes = b"one") -> str:
    """A file that no row names, as a process leaves it that died before its row."""
    return kept_files.Written().write("photos", "jpg", content)


@pytest.mark.parametrize(
    "touch",
    [
        lambda name: default_storage.save("photos/x.jpg", ContentFile(b"x")),
        lambda name: default_storage.open(name),
        lambda name: default_storage.delete(name),
        lambda name: default_storage.exists(name),
        lambda name: default_storage.listdir("photos"),
    ],
)
def test_the_tests_storage_refuses_to_be_touched_in_a_transaction(touch: object) -> None:
    """The control of every other test: whichever path touches a file in a transaction fails there."""
    name = written()
    with pytest.raises(TouchedInTransaction), transaction.atomic():
        touch(name)  # type: ignore[operator]
    with default_storage.open(name) as file:
        assert file.read() == b"one"


def test_files_are_written_and_removed_in_one_place_alone() -> None:
    touched = re.compile(r"(\.(file|pdf|public_pdf)|storage(\(\))?)\.(save|delete)\b")
    found = [path for path in python_files(*APPS) if touched.search(path.read_text())]
    # The doctor tries the storage, fill_bucket moves it; neither has rows.
    assert {path.name for path in found} == {"kept_files.py", "files.py", "fill_bucket.py"}


def test_what_no_row_took_goes_at_once_and_what_one_took_stays() -> None:
    with kept_files.written() as files:
        kept, left = (files.write("photos", "jpg", content) for content in (b"one", b"two"))
        files.take(kept)
    assert default_storage.exists(kept)
    assert not default_storage.exists(left)


def write_one_and_fail(fault: Exception, names: list[str]) -> None:
    """Write a file and take it in a transaction that ends with the fault."""
    with kept_files.written() as files:
        names.append(files.write("photos", "jpg", b"one"))
        with transaction.atomic():
            files.take(names[0])
            raise fault


def test_rows_that_are_rolled_back_leave_no_file() -> None:
    names: list[str] = []
    with pytest.raises(ValueError, match="refused"):
        write_one_and_fail(ValueError("refused"), names)
    assert not default_storage.exists(names[0])


def test_where_the_database_went_away_while_it_answered_the_file_waits_for_the_sweep() -> None:
    names: list[str] = []
    with pytest.raises(OperationalError):
        write_one_and_fail(OperationalError("server closed the connection unexpectedly"), names)
    assert default_storage.exists(names[0])


def test_a_dropped_file_goes_after_its_row_and_stays_with_a_row_that_stays() -> None:
    stays, goes = written(), written()
    with transaction.atomic():
        kept_files.drop([stays])
        transaction.set_rollback(True)
    with transaction.atomic():
        kept_files.drop([goes, None, ""])
        kept_files.drop([goes])
    assert default_storage.exists(goes)
    jobs.run_now("septam.remove_files")
    assert (default_storage.exists(stays), default_storage.exists(goes)) == (True, False)
    assert not DroppedFile.objects.exists()


def test_a_file_that_cannot_be_removed_now_is_tried_again_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stuck, goes = written(), written()
    kept_files.drop([stuck, goes])
    delete = default_storage.delete

    def away(name: str) -> None:
        if name == stuck:
            raise FULL
        delete(name)

    with monkeypatch.context() as fault:
        fault.setattr(default_storage, "delete", away)
        with pytest.raises(OSError, match="No space"):
            kept_files.remove_dropped()
    assert list(DroppedFile.objects.values_list("name", "tries")) == [(stuck, 1)]
    assert not default_storage.exists(goes)
    assert kept_files.remove_dropped() == 1


def test_files_that_no_row_names_are_swept_after_two_days(media: object) -> None:
    clock.move_to(clock.now())
    kept = make_photo(at_status("accepted"), "PV-14").file.name
    lost = written()
    assert kept_files.sweep() == 0
    clock.move_to(clock.now() + timedelta(days=2))
    assert kept_files.sweep() == 1
    assert default_storage.exists(str(kept))
    assert not default_storage.exists(lost)
