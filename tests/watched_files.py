"""The tests' storage: files in a folder, and none is touched while a transaction is open, as if each were across a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.storage import FileSystemStorage, Storage
from django.db import connection, transaction


class TouchedInTransaction(AssertionError):
    """A file was written, read or removed while rows may have been locked."""


def is_in_transaction() -> bool:
    """Whether the code that is tested is in one; those that pytest-django wraps around a test do not count."""
    blocks: list[Any] = connection.atomic_blocks
    return any(not one._from_testcase for one in blocks)


class Watched(Storage):
    """Refuses what would wait for a network in a transaction; before the storage in the list of bases."""

    def _watched(self, what: str) -> None:
        if is_in_transaction():
            raise TouchedInTransaction(what)

    def _save(self, name: str, content: Any) -> str:
        self._watched(f"write {name}")
        return super()._save(name, content)  # type: ignore[misc,no-any-return]

    def _open(self, name: str, mode: str = "rb") -> Any:
        self._watched(f"read {name}")
        return super()._open(name, mode)  # type: ignore[misc]

    def delete(self, name: str) -> None:
        """Not in a transaction."""
        self._watched(f"remove {name}")
        super().delete(name)

    def exists(self, name: str) -> bool:
        """Not in a transaction."""
        self._watched(f"look for {name}")
        return super().exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Not in a transaction."""
        self._watched(f"list {path}")
        return super().listdir(path)


class WatchedFiles(Watched, FileSystemStorage):
    """Files in a folder."""


@contextmanager
def undone() -> Iterator[None]:
    """What a test does to be taken back; the portal's code inside believes that it is in no transaction yet."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
