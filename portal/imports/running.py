"""Keeps a file, says what it would do, and does all of it in one transaction or nothing."""

import hashlib
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from portal.imports.checking import Outcome, go_through
from portal.imports.kinds import TABLES
from portal.models import ReferenceImport
from septam import audit, clock, kept_files
from septam.refusal import Refusal

FOLDER = "imports"


class _TakenBack(Exception):
    """Ends a dry run."""


def dry_run(kind: str, file: IO[bytes], user: User) -> Outcome:
    """What the file would do; nothing stays of it. Raises FileFault."""
    outcome = Outcome()
    try:
        with transaction.atomic():
            outcome = go_through(TABLES[kind](), file, user, write=False)
            raise _TakenBack
    except _TakenBack:
        return outcome


def keep(kind: str, file: UploadedFile, user: User) -> ReferenceImport:
    """Check a file and keep it with its digest. Raises FileFault."""
    outcome = dry_run(kind, _opened(file), user)
    now = clock.now()
    kept = ReferenceImport(
        kind=kind, name=PurePath(file.name or "").name[:100], sha256=_digest(_opened(file)), sent_by=user, sent_at=now,
        checked_at=now, **outcome.columns(),
    )  # fmt: skip
    with kept_files.written() as files:
        kept.file.name = files.write(FOLDER, "csv", _opened(file).read())
        kept.save(force_insert=True)
        files.take(kept.file.name)
    return kept


def check_again(kept: ReferenceImport, user: User) -> None:
    """What the same file would do now; one that was run stays as it is. Raises Refusal where it is not kept."""
    with _kept_file(kept) as stored:
        outcome = dry_run(kept.kind, BytesIO(stored.read()), user)
    ReferenceImport.objects.filter(pk=kept.pk, run_at=None).update(
        checked_at=clock.now(), **outcome.columns()
    )


def run(import_id: int, user: User) -> ReferenceImport:
    """Do what the dry run said, all of it or nothing.

    Raises Refusal where it was run before, has faults, or where any row is not as it was when it was checked.
    """
    # Read whole before anything is locked; the file of an import is never changed.
    with _kept_file(ReferenceImport.objects.get(pk=import_id)) as stored:
        file = BytesIO(stored.read())
    try:
        with transaction.atomic():
            return _run(ReferenceImport.objects.select_for_update().get(pk=import_id), file, user)
    except (IntegrityError, DataError) as problem:
        raise Refusal(
            _("The database refused a row of the file; nothing was changed. Check it again.")
        ) from problem


def _run(kept: ReferenceImport, file: IO[bytes], user: User) -> ReferenceImport:
    if kept.run_at is not None:
        raise Refusal(_("This file was run already."))
    if kept.faulty:
        raise Refusal(_("The file has faults; mend them and send it again."))
    table = TABLES[kept.kind]()
    _hold_still(table.model._meta.db_table)
    if _digest(file) != kept.sha256:
        raise Refusal(_("The kept file is not the one that was checked; send it again."))
    outcome = go_through(table, file, user, write=True)
    if outcome.plan != kept.plan:
        raise Refusal(
            _("Rows were changed since the file was checked; nothing was written. Check it again.")
        )
    kept.run_by, kept.run_at = user, clock.now()
    kept.save(update_fields=["run_by", "run_at"])
    counted = {"added": kept.added, "changed": kept.changed}
    audit.record(user.pk, "reference.import", kept, kind=kept.kind, sha256=kept.sha256, **counted)
    return kept


def _hold_still(table_name: str) -> None:
    """Nobody else changes these rows until the end; they can be read all the time."""
    name = connection.ops.quote_name(table_name)
    with connection.cursor() as cursor:
        # The quoted name of a table of ours.
        # nosemgrep: statement-of-pieces
        cursor.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")


def _kept_file(kept: ReferenceImport) -> IO[bytes]:
    gone = Refusal(_("The file itself is not kept any more; send it again."))
    if not kept.file:
        raise gone
    try:
        opened: IO[bytes] = kept.file.open("rb")
    except FileNotFoundError as fault:
        raise gone from fault
    except OSError as fault:
        raise Refusal(_("The file cannot be read just now; try again in a few minutes.")) from fault
    return opened


def _opened(file: UploadedFile) -> IO[bytes]:
    file.seek(0)
    opened: Any = file
    return opened.file  # type: ignore[no-any-return]


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found
