"""A report's draft: saved as often as one likes, word for word, without judging what is typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections.models import Criterion, ReportDraft, RequestStatus, VisitPhoto, VisitRequest
from inspections.refusals import NotAllowed
from inspections.reports import photos, writing
from inspections.reports.form import ReportForm
from inspections.reports.photo_files import SafePhoto
from inspections.reports.photos import Uploaded
from inspections.workflow.core import lock
from inspections.workflow.handling import require_no_interest
from septam import audit, clock, jalali, kept_files
from septam.digits import to_persian
from septam.kept_files import Written

_LONGEST = 4000
# How many drafts of ended requests one run of the job forgets.
_BATCH = 500


class SavedElsewhere(NotAllowed):
    """Another window saved the draft meanwhile: `draft` is what stands there."""

    def __init__(self, draft: ReportDraft) -> None:
        when = clock_time(draft)
        super().__init__(
            _("This report was saved in another window at %(time)s. What you typed here stands below; save it again to replace what was saved there.")
            % {"time": when}
        )  # fmt: skip
        self.draft = draft


@dataclass
class Saving:
    """What one press of a button brings: the boxes that were on the page, photos, and tokens of photos to remove.

    `revision` is the draft that the page showed (0: none yet), `page` that page's own mark.
    """

    revision: int
    page: str
    names: Iterable[str]
    typed: Mapping[str, str]
    photos: list[tuple[Criterion, SafePhoto]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def save(request_id: int, expert: User, saving: Saving) -> ReportDraft:
    """Keep it, photos included. Raises NotAllowed where the report may not be written (nothing is kept then).

    Raises SavedElsewhere where the draft is not the one that the page showed; new photos are kept even so, since
    they replace nothing.
    """
    with kept_files.written() as files:
        sent = [(criterion, photos.upload(photo, files)) for criterion, photo in saving.photos]
        draft, stale = _save(request_id, expert, saving, sent, files)
    if stale:
        raise SavedElsewhere(draft)
    return draft


def _save(
    request_id: int, expert: User, saving: Saving, sent: Iterable[tuple[Criterion, Uploaded]], files: Written
) -> tuple[ReportDraft, bool]:  # fmt: skip
    """The draft as it stands now, and whether it is another window's."""
    with transaction.atomic():
        request = lock(request_id)
        if not writing.may_be_written(request, expert):
            raise NotAllowed(writing.why_not_written(request, expert))
        # Whoever takes the visit over goes on from this draft.
        require_no_interest(request, expert)
        for criterion, photo in sent:
            if photos.add(request, criterion, photo, expert):
                files.take(photo.name)
        draft = ReportDraft.objects.filter(request_id=request_id).first()
        if draft is not None and not _is_next(draft, saving):
            return draft, True
        dropped = VisitPhoto.objects.filter(request_id=request_id, token__in=saving.dropped)
        photos.remove(dropped)
        _note(request, expert, saving, is_new=draft is None)
        return _keep(draft, request, expert, saving), False


def _note(request: VisitRequest, expert: User, saving: Saving, *, is_new: bool) -> None:
    """What is typed is told by the report itself once it is handed in; a line for each saving would bury all others."""
    if is_new:
        audit.record(expert.pk, "report.draft", request)
    if saving.photos or saving.dropped:
        counts = {"added": len(saving.photos), "removed": len(saving.dropped)}
        audit.record(expert.pk, "report.photos", request, **counts)


def _is_next(draft: ReportDraft, saving: Saving) -> bool:
    """Whether the page saw this draft, or is the one that saved it and did not hear of it."""
    same_page = saving.page != "" and draft.page == saving.page
    return draft.revision == saving.revision or same_page


def _keep(
    draft: ReportDraft | None, request: VisitRequest, expert: User, saving: Saving
) -> ReportDraft:
    typed = {name: text[:_LONGEST] for name, text in saving.typed.items()}
    found = saving.photos or _has_news(typed, draft.typed if draft else {})
    now = clock.now()
    if draft is None:
        return ReportDraft.objects.create(
            request=request, expert=expert, typed=typed, page=saving.page, saved_at=now,
            found_at=now if found else None,
        )  # fmt: skip
    # Boxes of another level's items are not on the page and stay as they were.
    on_page = set(saving.names)
    kept = {name: text for name, text in draft.typed.items() if name not in on_page}
    draft.typed, draft.revision, draft.saved_at = kept | typed, draft.revision + 1, now
    draft.expert, draft.page = expert, saving.page
    draft.found_at = now if found else draft.found_at
    draft.save(update_fields=["typed", "revision", "saved_at", "found_at", "expert", "page"])
    return draft


def _has_news(typed: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether an answer or a comment of an item is new: the head of the form is filled in by itself."""
    items = {
        name: text.strip() for name, text in typed.items() if name not in ReportForm.base_fields
    }
    return any(text and text != before.get(name, "").strip() for name, text in items.items())


def of(request_id: int) -> ReportDraft | None:
    """What is saved so far."""
    return ReportDraft.objects.filter(request_id=request_id).first()


def forget_ended() -> int:
    """Drafts and photos of visits that were cancelled go with what they tell of a place. Returns how many drafts."""
    ended = ReportDraft.objects.filter(request__status=RequestStatus.CANCELLED)[:_BATCH]
    for draft in ended:
        with transaction.atomic():
            photos.remove(VisitPhoto.objects.filter(request_id=draft.request_id))
            draft.delete()
    return len(ended)


def clock_time(draft: ReportDraft) -> str:
    """The hour and minute of the last saving, in Tehran: «۱۴:۰۲»."""
    return to_persian(f"{jalali.tehran(draft.saved_at):%H:%M}")
