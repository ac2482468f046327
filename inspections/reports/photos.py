"""Photos of a visit: kept and removed with their files (septam.kept_files)."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from inspections.models import Criterion, VisitPhoto, VisitRequest
from inspections.reports.photo_files import SafePhoto
from septam import clock, kept_files
from septam.kept_files import Written

MOST_AN_ITEM = 6
FOLDER = "photos"


@dataclass(frozen=True)
class Uploaded:
    """A photo whose file is written: its name, and the SHA-256 of what was sent."""

    name: str
    source_sha256: str


def upload(photo: SafePhoto, files: Written) -> Uploaded:
    """Write the file of a photo, before anything is locked. Raises OSError."""
    return Uploaded(files.write(FOLDER, "jpg", photo.jpeg), photo.source_sha256)


def add(request: VisitRequest, criterion: Criterion, photo: Uploaded, expert: User) -> bool:
    """Keep a photo in the caller's transaction, with the request locked; False for one that stands there already."""
    there = VisitPhoto.objects.filter(request=request, criterion=criterion)
    if there.filter(source_sha256=photo.source_sha256).exists() or there.count() >= MOST_AN_ITEM:
        return False
    VisitPhoto.objects.create(
        request=request, criterion=criterion, file=photo.name, source_sha256=photo.source_sha256, taken_by=expert,
        created_at=clock.now(),
    )  # fmt: skip
    return True


def remove(rows: Iterable[VisitPhoto]) -> None:
    """Remove photos in the caller's transaction; their files go once it stands."""
    gone = list(rows)
    for row in gone:
        row.delete()
    kept_files.drop(row.file.name for row in gone)


def of(request_id: int) -> dict[int, list[VisitPhoto]]:
    """The photos of a visit by the item that they show; one query."""
    found: dict[int, list[VisitPhoto]] = {}
    for photo in VisitPhoto.objects.filter(request_id=request_id):
        found.setdefault(photo.criterion_id, []).append(photo)
    return found
