"""The door to the audit log: who did or looked at what."""

from typing import Any

from django.db import models

from septam import clock
from septam.logs import current_client, current_request_id
from septam.models import AuditEvent


def record(actor_id: int | None, verb: str, subject: models.Model, **detail: Any) -> None:
    """Note that `actor_id` (None: the system) did `verb` to `subject`; detail holds ids and codes only.

    Call it inside the transaction of what it tells, so that neither stands without the other.
    """
    AuditEvent.objects.create(
        at=clock.now(),
        actor_id=actor_id,
        verb=verb,
        object_type=subject._meta.label_lower,
        object_id=str(subject.pk),
        detail=detail,
        client=current_client(),
        request_id=current_request_id(),
    )
