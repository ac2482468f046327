"""What each app keeps about a person: told, handed out, and forgotten by one registry.

An app registers its `Keeper` in `AppConfig.ready()`. The page «داده‌های من» reads from it what there is, the download
its rows and papers, the closing of an account what speaks against it, and the job that anonymises closed accounts how
each app forgets.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.files.base import File
from django.db import models

from septam.exports.columns import Column, Text


@dataclass(frozen=True)
class Table:
    """One table of a person's download: the file's name, what it is in words, its rows and columns.

    `rows` takes the account's id; a column's source is a path of the row.
    """

    stem: str
    title: Text
    rows: Callable[[int], models.QuerySet[Any]]
    columns: tuple[Column, ...]


class Paper(NamedTuple):
    """A paper that is made already: its name in the download, and the stored file."""

    name: str
    file: "File[bytes]"


def _nothing(_account_id: int) -> tuple[Any, ...]:
    return ()


def _no_step(_account_id: int) -> None:
    return None


@dataclass(frozen=True)
class Keeper:
    """One app's part. All but `name` may be left out.

    `open_matters` says, with the account locked, why it cannot be closed or anonymised now, each in a sentence.
    `close` takes away what is unfinished when an account is closed; `forget` anonymises what the app keeps. Both run in the caller's
    transaction with the account locked, and may run again.
    """

    name: str
    tables: Sequence[Table] = ()
    papers: Callable[[int], Iterable[Paper]] = field(default=_nothing)
    open_matters: Callable[[int], Iterable[str]] = field(default=_nothing)
    close: Callable[[int], None] = field(default=_no_step)
    forget: Callable[[int], None] = field(default=_no_step)


_keepers: dict[str, Keeper] = {}


def register(keeper: Keeper) -> None:
    """Let this app's part be told, handed out and forgotten; call it from an AppConfig's ready()."""
    _keepers[keeper.name] = keeper


def keepers() -> list[Keeper]:
    """All of them, the apps that stand higher first: what they keep refers to what the lower ones keep."""
    return list(reversed(_keepers.values()))
