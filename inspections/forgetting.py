"""What visits keep longest is not kept for ever: people on site and their phones, and photos."""

from django.conf import settings
from django.db.models import Q

from inspections.models import Correction, VisitPhoto, VisitRequest
from inspections.models.requests import FINAL
from inspections.reports import photos
from inspections.snapshot_people import without_contacts
from septam import forgetting

# Photos at a time: each has a file to be removed.
_FILES = 200
# Requests at a time: each is read and written with its whole snapshot.
_SNAPSHOTS, _TIMES = 250, 40
# The condition of the index `request_contacts`.
WITH_CONTACTS = Q(status__in=FINAL, snapshot__has_key="representative_phone")


def forget_contacts() -> int:
    """Of requests that ended CONTACTS_KEEP_DAYS ago: who was on site and how to reach them. Returns how many."""
    return forgetting.take("inspections.forget_contacts", _some_contacts, _TIMES)


def _some_contacts() -> int:
    until = forgetting.before(settings.CONTACTS_KEEP_DAYS)
    old = VisitRequest.objects.filter(WITH_CONTACTS, status_changed_at__lt=until)
    rows = old.select_for_update(skip_locked=True, of=("self",)).order_by("status_changed_at")
    found = list(rows.only("snapshot")[:_SNAPSHOTS])
    for request in found:
        request.snapshot = without_contacts(request.snapshot)
    VisitRequest.objects.bulk_update(found, ["snapshot"])
    corrections = Correction.objects.filter(request__in=found)
    for one in corrections:
        one.before, one.after = without_contacts(one.before), without_contacts(one.after)
    Correction.objects.bulk_update(corrections, ["before", "after"])
    return len(found)


def forget_photos() -> int:
    """Photos of reports that are PHOTOS_KEEP_DAYS old go, with their files. Returns how many."""
    rows = VisitPhoto.objects.all()
    until = forgetting.before(settings.PHOTOS_KEEP_DAYS)
    return forgetting.walk("inspections.forget_photos", rows, "created_at", until, _remove, _FILES)


def _remove(ids: list[int]) -> int:
    rows = list(VisitPhoto.objects.filter(pk__in=ids))
    photos.remove(rows)
    return len(rows)
