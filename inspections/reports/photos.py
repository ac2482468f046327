"""Photos of a visit: kept and removed with their files.

The file is written before its row and removed after it, so that a row always has its file. What a process that died in
between left behind is swept up by a job.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from accounts.models import User
from inspections.models import Criterion, VisitPhoto, VisitRequest
from inspections.reports.photo_files import SafePhoto
from septam import clock

logger = logging.getLogger(__name__)

MOST_AN_ITEM = 6
# Folders of these days back are swept: nobody is just writing into one that is two days old.
_SWEPT = range(2, 10)


def storage() -> Storage:
    """Where photos lie: the media folder, which no web server shows."""
    return VisitPhoto._meta.get_field("file").storage


def add(request: VisitRequest, criterion: Criterion, photo: SafePhoto, expert: User) -> None:
    """Keep a photo in the caller's transaction, with the request locked; the same file twice is one photo."""
    there = VisitPhoto.objects.filter(request=request, criterion=criterion)
    if there.filter(source_sha256=photo.source_sha256).exists() or there.count() >= MOST_AN_ITEM:
        return
    row = VisitPhoto(
        request=request, criterion=criterion, source_sha256=photo.source_sha256, taken_by=expert,
        created_at=clock.now(),
    )  # fmt: skip
    row.file.save(f"{row.token}.jpg", ContentFile(photo.jpeg), save=False)
    row.save(force_insert=True)


def remove(rows: Iterable[VisitPhoto]) -> None:
    """Remove photos; their files go once the transaction stands."""
    for row in list(rows):
        name = row.file.name
        row.delete()
        transaction.on_commit(lambda name=name: _delete_file(name))  # type: ignore[misc]


def _delete_file(name: str | None) -> None:
    if name:
        storage().delete(name)


def of(request_id: int) -> dict[int, list[VisitPhoto]]:
    """The photos of a visit by the item that they show; one query."""
    found: dict[int, list[VisitPhoto]] = {}
    for photo in VisitPhoto.objects.filter(request_id=request_id):
        found.setdefault(photo.criterion_id, []).append(photo)
    return found


def sweep() -> int:
    """Remove files of recent days that no row names. Returns how many."""
    return sum(1 for name in _files_without_row() if _swept(name))


def _swept(name: str) -> bool:
    storage().delete(name)
    logger.info("a photo's file without its row was removed")
    return True


def _files_without_row() -> Iterator[str]:
    store = storage()
    for back in _SWEPT:
        folder = f"photos/{clock.today() - timedelta(days=back):%Y-%m-%d}"
        if not store.exists(folder):
            continue
        names = {f"{folder}/{name}" for name in store.listdir(folder)[1]}
        yield from names - set(
            VisitPhoto.objects.filter(file__in=names).values_list("file", flat=True)
        )
