"""Files beside the rows: written before their row outside any transaction, removed after it by a job.

A file may lie across a network (septam.bucket), and nobody waits for a network while rows are locked. So each file has
a fresh random name of its own, under a folder of its day; its row comes after it. A file that no row took is removed at
once, or found by the sweep where the process died. A file whose row goes is written down with the row, and removed later.
"""

import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from septam import clock
from septam.models import DroppedFile

logger = logging.getLogger(__name__)
# Folders of these days back are swept: nobody is just writing into one that is two days old.
_SWEPT = range(2, 10)
_BATCH = 500
_ASKED = 10_000
# So many that cannot be removed end a run: the rest would wait for the same silent bucket.
_MOST_FAULTS = 3
_named_by: dict[str, tuple[tuple[type[Model], str], ...]] = {}


class FileAway(OSError):
    """The storage does not do what it is asked just now; the text says why, without a secret."""


def register(folder: str, *columns: tuple[type[Model], str]) -> None:
    """Let the sweep look into a folder, and say which columns name its files; from an AppConfig's ready()."""
    _named_by[folder] = columns


class Written:
    """Files that were written and wait for their rows."""

    def __init__(self) -> None:
        self._untaken: set[str] = set()
        self._names: list[str] = []

    def write(self, folder: str, ending: str, content: bytes) -> str:
        """Keep `content` in a registered folder, under a name that nobody guesses: the name. Raises OSError."""
        name = f"{folder}/{clock.today():%Y-%m-%d}/{secrets.token_urlsafe(24)}.{ending}"
        stored = default_storage.save(name, ContentFile(content))
        self._names.append(stored)
        self._untaken.add(stored)
        return stored

    def take(self, name: str) -> None:
        """A row names the file now; if its transaction stands, the file stays."""
        self._untaken.discard(name)

    def withdraw(self, *, all_of_them: bool) -> None:
        """Remove what no row took; what cannot be removed now is swept."""
        for name in self._names:
            if all_of_them or name in self._untaken:
                _remove_at_once(name)


@contextmanager
def written() -> Iterator[Written]:
    """Write here, then make the rows in a transaction inside, and leave: files without a row go again."""
    files = Written()
    try:
        yield files
    except (OperationalError, InterfaceError):
        # The database may have gone while it answered «committed»: whether the rows stand, the sweep will see.
        raise
    except BaseException:
        files.withdraw(all_of_them=True)
        raise
    files.withdraw(all_of_them=False)


def _remove_at_once(name: str) -> None:
    try:
        default_storage.delete(name)
    except OSError as fault:
        logger.warning("a file without its row is left to the sweep (%s)", type(fault).__name__)


def answer(
    file: FieldFile, name: str, content_type: str, headers: Mapping[str, str] | None = None, *, as_attachment: bool = False,
) -> FileResponse:  # fmt: skip
    """The answer that carries a file to somebody who may see it. Raises Http404 where it is gone."""
    if not file:
        raise Http404
    try:
        content = file.open("rb")
    except FileNotFoundError as fault:
        raise Http404 from fault
    return FileResponse(
        content,
        as_attachment=as_attachment,
        filename=name,
        content_type=content_type,
        headers=headers,
    )


def drop(names: Iterable[str | None]) -> None:
    """Have files removed once the caller's transaction stands, in which the rows that named them go."""
    rows = [DroppedFile(name=name, dropped_at=clock.now()) for name in names if name]
    DroppedFile.objects.bulk_create(rows, ignore_conflicts=True)


def remove_dropped() -> int:
    """Remove what was dropped; returns how many. Raises the last fault where some could not be removed."""
    removed, faults = 0, []
    for row in DroppedFile.objects.order_by("tries", "pk")[:_BATCH]:
        try:
            default_storage.delete(row.name)
        except OSError as fault:
            faults.append(fault)
            DroppedFile.objects.filter(pk=row.pk).update(tries=row.tries + 1)
            if len(faults) >= _MOST_FAULTS:
                break
        else:
            row.delete()
            removed += 1
    if faults:
        raise faults[-1]
    return removed


def sweep() -> int:
    """Remove files of recent days that no row names. Returns how many."""
    return sum(1 for name in _files_without_row() if _swept(name))


def _swept(name: str) -> bool:
    default_storage.delete(name)
    logger.info("a file without its row was removed from %s", name.partition("/")[0])
    return True


def _files_without_row() -> Iterator[str]:
    days = [clock.today() - timedelta(days=back) for back in _SWEPT]
    for folder, columns in _named_by.items():
        found = [name for day in days for name in _files_of(f"{folder}/{day:%Y-%m-%d}")]
        # Many at a time: each asking reads the whole table, which keeps no index for this alone.
        for start in range(0, len(found), _ASKED):
            names = set(found[start : start + _ASKED])
            for model, column in columns:
                rows = model._default_manager.filter(**{f"{column}__in": names})
                names -= set(rows.values_list(column, flat=True))
            yield from sorted(names)


def _files_of(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []
