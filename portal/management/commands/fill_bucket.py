"""`manage.py fill_bucket`: copies the files of the media folder into the bucket; may be repeated, and removes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Copy what is not there yet, by name and size."""

    help = "Copies the files of SEPTAM_MEDIA_ROOT into the bucket of SEPTAM_BUCKET_URL, those that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were copied. Raises CommandError where no bucket is set, the folder is none, or one fails."""
        folder = Path(settings.MEDIA_ROOT)
        if not settings.BUCKET_URL:
            raise CommandError("SEPTAM_BUCKET_URL is not set")
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder; see SEPTAM_MEDIA_ROOT")
        copied = there = 0
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            try:
                if _is_there(name, path.stat().st_size):
                    there += 1
                    continue
                default_storage.save(name, ContentFile(path.read_bytes()))
            except FileNotFoundError:
                continue  # removed meanwhile
            except OSError as fault:
                raise CommandError(f"{name} was not copied: {fault}; {copied} were") from fault
            copied += 1
        self.stdout.write(f"{copied} copied, {there} were there")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_there(name: str, size: int) -> bool:
    try:
        return default_storage.size(name) == size
    except FileNotFoundError:
        return False
