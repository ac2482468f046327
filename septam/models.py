"""Tables that belong to no single part of the portal."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from septam.digits import to_persian


class AuditEvent(models.Model):
    """Who did or looked at what: ids only, no foreign keys, append-only (a trigger holds that)."""

    at = models.DateTimeField(_("When"), db_index=True)
    actor_id = models.BigIntegerField(_("Number of the person"), null=True)
    verb = models.CharField(_("What was done"), max_length=60)
    object_type = models.CharField(_("Kind of thing"), max_length=60)
    object_id = models.CharField(_("Number of the thing"), max_length=40)
    # Whose personal data it was: one person, or those of a list.
    owner_ids = ArrayField(models.BigIntegerField(), verbose_name=_("Whose data"), null=True)
    detail = models.JSONField(_("Detail"), default=dict)
    client = models.CharField(_("Address"), max_length=64, blank=True)
    request_id = models.CharField(_("Request id"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("Audit event")
        verbose_name_plural = _("Audit log")
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_object"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
            models.Index(fields=["verb", "-id"], name="audit_verb"),
            GinIndex(fields=["owner_ids"], name="audit_owners"),
        ]

    def __str__(self) -> str:
        return to_persian(str(self.pk))


class Throttle(models.Model):
    """How often something was tried inside one window; counted by one atomic statement."""

    key = models.CharField(max_length=120, primary_key=True)
    window_ends = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()


class Job(models.Model):
    """A periodic job of the worker: when it is due, and who holds it now."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField(db_index=True)
    leased_until = models.DateTimeField(null=True)
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)


class Heartbeat(models.Model):
    """When a long-running process was last seen alive (real time, not the moved clock)."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()


class ClockOffset(models.Model):
    """How far the clock of a demo or test stands from real time; one row, pk 1."""

    seconds = models.BigIntegerField(default=0)


class Edition(models.Model):
    """A change of some public content: triggers add a row for each statement that changed its tables.

    The number of rows is the edition. It grows with each change that others come to see, and nobody waits for another,
    as for a counter. Rows are few and never removed.
    """

    name = models.CharField(max_length=20, db_index=True)


class Forgotten(models.Model):
    """How far a job that forgets old rows has come in its table, and how many it forgot in all (septam.forgetting)."""

    name = models.CharField(max_length=60, primary_key=True)
    upto = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)


class DroppedFile(models.Model):
    """A file whose row is gone: written in the transaction in which that row went, removed by a job (septam.kept_files)."""

    name = models.CharField(max_length=200, unique=True)
    dropped_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
