"""What support corrected of a paid request's frozen data, field by field: what stood there and what stands there now."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Correction(models.Model):
    """One correction; written by inspections.workflow.correcting in the transaction of the step, and never changed."""

    request = models.ForeignKey(
        "inspections.VisitRequest", models.PROTECT, related_name="corrections"
    )
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering: ClassVar = ["pk"]
