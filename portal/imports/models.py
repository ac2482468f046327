"""What is kept of an import of reference data: the file with its digest, what it would do, and who ran it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReferenceImport(models.Model):
    """A CSV file that was checked, and perhaps run. `plan` is a digest of what it would do to which rows."""

    kind = models.CharField(_("Kind"), max_length=20)
    name = models.CharField(_("File"), max_length=100)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="imports/%Y")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    lines = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    plan = models.CharField(max_length=64)
    # The first faults and changes by line, as the page shows them.
    report = models.JSONField(default=dict)
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    run_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(run_at=None, run_by=None)
                | models.Q(run_at__isnull=False, run_by__isnull=False, faulty=0),
                name="import_run_by_somebody_without_faults",
            )
        ]

    def __str__(self) -> str:
        return self.name
