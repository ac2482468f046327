"""What belongs to a report beside its answers: what is typed so far, and photos of the equipment."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.models.requests import VisitRequest
from septam import clock


def photo_path(_photo: models.Model, name: str) -> str:
    """A folder a day, under the media folder."""
    return f"photos/{clock.today():%Y-%m-%d}/{name}"


class ReportDraft(models.Model):
    """The boxes of a report's form as they were last saved, word for word; gone once the report is handed in."""

    request = models.OneToOneField(VisitRequest, models.CASCADE, related_name="report_draft")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    typed = models.JSONField(default=dict)
    # Counts the savings, so that an older tab is noticed.
    revision = models.PositiveIntegerField(default=1)
    # The page that saved last: what it sends again (an answer was lost on the way) is no conflict.
    page = models.CharField(max_length=24, blank=True)
    saved_at = models.DateTimeField()
    # When something of an item was last written or photographed; an empty form that was saved says nothing.
    found_at = models.DateTimeField(null=True)


def new_token() -> str:
    """The name of a photo: 192 bits that nobody guesses."""
    return secrets.token_urlsafe(24)


class VisitPhoto(models.Model):
    """A photo of equipment that belongs to an item of a visit; the stored file is our own JPEG, without metadata."""

    request = models.ForeignKey(VisitRequest, models.PROTECT, related_name="photos", db_index=False)
    criterion = models.ForeignKey("inspections.Criterion", models.PROTECT, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    file = models.FileField(upload_to=photo_path, max_length=120)
    # Of the file as it was sent: the same one twice is one photo.
    source_sha256 = models.CharField(max_length=64)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Photo")
        verbose_name_plural = _("Photos")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "criterion", "source_sha256"], name="photo_once_an_item"
            )
        ]
