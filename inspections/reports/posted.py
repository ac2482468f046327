"""What a report's page sends: boxes as they were typed, and photos, each of which is read and may be refused."""

from dataclasses import dataclass
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from inspections.models import VisitRequest
from inspections.reports import checklist, photos, writing
from inspections.reports.checklist import Item
from inspections.reports.drafts import Saving
from inspections.reports.form import ReportForm, level_of
from inspections.reports.photo_files import PhotoRefused, read
from septam.digits import to_persian
from sites.models import Level


@dataclass(frozen=True)
class Sent:
    """The saving that it asks for, and (field, message) of each file that cannot be kept."""

    saving: Saving
    refused: list[tuple[str, str]]


def sent(visit: VisitRequest, request: HttpRequest) -> Sent:
    """Read one POST. `level` names the items that the page showed; `do` the button, `drop:token:…` to remove a photo."""
    post = request.POST
    shown = {str(level): level for level in Level.values}.get(post.get("level", ""))
    items = writing.items_for(visit, shown or level_of(visit, post.get("true_category", "")))
    names = [*ReportForm.base_fields]
    for item in items:
        names += [item.name, f"{item.name}_na", f"{item.name}_comment"]
    revision = post.get("revision", "")
    saving = Saving(
        revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else 0,
        page=_storable(post.get("page", ""))[:24],
        names=names,
        typed={name: _storable(post[name]) for name in names if name in post},
    )  # fmt: skip
    action, _colon, rest = post.get("do", "").partition(":")
    if action == "drop":
        saving.dropped.append(rest.partition(":")[0])
    return Sent(saving, _read_photos(visit, request, items, saving))


def _storable(typed: str) -> str:
    """Without the one character that the database cannot keep."""
    return typed.replace("\0", "")


def _read_photos(
    visit: VisitRequest, request: HttpRequest, items: list[Item], saving: Saving
) -> list[tuple[str, str]]:
    refused: list[tuple[str, str]] = []
    kept = photos.of(visit.pk) if request.FILES else {}
    for item in items:
        name = f"{item.name}_photo"
        files = request.FILES.getlist(name) if checklist.takes_photo(item) else []
        room = photos.MOST_AN_ITEM - len(kept.get(item.criterion.pk, []))
        for file in files[:room]:
            try:
                saving.photos.append((item.criterion, read(cast(BinaryIO, file), file.size or 0)))
            except PhotoRefused as refusal:
                refused.append((name, f"{_name_of(file)}: {refusal.reason}"))
        if len(files) > room:
            most = to_persian(photos.MOST_AN_ITEM)
            refused.append((name, _("An item takes at most %(most)s photos.") % {"most": most}))
    return refused


def _name_of(file: UploadedFile) -> str:
    return (file.name or "")[-60:]
