"""Conversations with support: a thread, its messages, the codes that open one to a writer who is not signed in."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.board.models import DayFigures, FiguresKept  # noqa: F401  (Django finds models here)
from portal.imports.models import ReferenceImport  # noqa: F401

if TYPE_CHECKING:
    from accounts.models import User

TEXT_LENGTH = 4000


class Subject(models.TextChoices):
    """What a message is about; the first question of whoever takes it up."""

    SMS = "sms", _("SMS did not come")
    PAYMENT = "payment", _("Subject: payment")
    VISIT_TIME = "visit_time", _("Visit time")
    RESULT = "result", _("Result of the visit, objection")
    CERTIFICATE = "certificate", _("Certificate")
    MOBILE = "mobile", _("Subject: mobile number")
    OTHER = "other", _("Something else")


class ThreadState(models.TextChoices):
    """Who has the next word; portal.support.threads alone writes it."""

    WAITING = "waiting", _("Waiting for an answer")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class ReferenceKind(models.TextChoices):
    """What the number that a thread names is; empty: written by somebody unknown, and not checked."""

    REQUEST = "request", _("Visit request")
    ORDER = "order", _("Order")
    CERTIFICATE = "certificate", _("Certificate")


class SupportThreadQuerySet(models.QuerySet["SupportThread"]):
    """Who may see which threads."""

    def visible_to(self, user: "User") -> Self:
        """An owner's own."""
        return self.filter(owner_id=user.pk)

    def visible_to_staff(self, user: "User") -> Self:
        """Every one for support and managers; those about payments for finance; else none."""
        if user.has_perm("portal.answer_any_support"):
            return self
        if user.has_perm("portal.answer_payment_support"):
            return self.filter(subject=Subject.PAYMENT)
        return self.none()


class SupportThread(models.Model):
    """One conversation. Without an owner its writer was not signed in; `name` and `mobile` are then what he typed.

    `waiting_since` is when the first message came that nobody answered: what the target counts from.
    `forgotten_at` is when the texts of an old conversation were emptied (portal.support.forgetting).
    """

    number = models.CharField(_("Tracking number"), max_length=9, unique=True)
    subject = models.CharField(_("Subject"), max_length=12, choices=Subject.choices)
    reference = models.CharField(_("About the number"), max_length=14, blank=True)
    reference_kind = models.CharField(max_length=12, choices=ReferenceKind.choices, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="support_threads",
        verbose_name=_("Owner"),
        db_index=False,
    )  # fmt: skip
    mobile = models.CharField(_("Mobile"), max_length=11, blank=True)
    name = models.CharField(_("Name"), max_length=120, blank=True)
    state = models.CharField(
        _("State"), max_length=10, choices=ThreadState.choices, default=ThreadState.WAITING
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("Assigned to"),
        db_index=False,
    )  # fmt: skip
    opened_at = models.DateTimeField(_("Opened"))
    last_owner_at = models.DateTimeField(_("Last written"))
    waiting_since = models.DateTimeField(_("Waiting since"), null=True, blank=True)
    changed_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = SupportThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("Support conversation")
        verbose_name_plural = _("Support conversations")
        permissions: ClassVar = [
            ("answer_any_support", "Can answer messages about anything"),
            ("answer_payment_support", "Can answer messages about payments"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(subject__in=Subject.values), name="thread_subject_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", waiting_since__isnull=False)
                | models.Q(state__in=["answered", "closed"], waiting_since=None),
                name="thread_state_known_and_waiting_since",
            ),
            models.CheckConstraint(
                condition=models.Q(reference_kind__in=["", *ReferenceKind.values]),
                name="thread_reference_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False)
                | ~models.Q(mobile="")
                | models.Q(forgotten_at__isnull=False),
                name="thread_has_somebody_to_answer",
            ),
        ]
        # The office's order is (waiting_since, id descending): those that wait first, the oldest first.
        indexes: ClassVar = [
            models.Index(fields=["waiting_since", "-id"], name="thread_waiting"),
            models.Index(fields=["state", "waiting_since", "-id"], name="thread_state"),
            models.Index(fields=["subject", "waiting_since", "-id"], name="thread_subject"),
            models.Index(fields=["assigned_to", "waiting_since", "-id"], name="thread_assigned"),
            models.Index(fields=["owner", "-id"], name="thread_owner"),
            models.Index(fields=["mobile", "-id"], name="thread_mobile"),
            models.Index(
                fields=["reference"], condition=~models.Q(reference=""), name="thread_reference"
            ),
            models.Index(
                fields=["changed_at"],
                condition=models.Q(forgotten_at=None) & ~models.Q(state="waiting"),
                name="thread_to_forget",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Author(models.TextChoices):
    """Whose words a message holds."""

    OWNER = "owner", _("The writer")
    STAFF = "staff", _("Support")
    SYSTEM = "system", _("The portal")


class Event(models.TextChoices):
    """What happened to a thread; the text of a message of the portal's own."""

    CLOSED = "closed", _("The conversation was closed.")
    REOPENED = "reopened", _("The conversation was opened again.")
    TAKEN = "taken", _("Taken up.")
    MOVED = "moved", _("The subject was changed.")


class SupportMessage(models.Model):
    """One message, never changed (the database holds that): a correction is another message.

    `internal`: for staff alone. `once_key` makes a form that is sent twice one message.
    """

    thread = models.ForeignKey(
        SupportThread, models.PROTECT, related_name="messages", db_index=False
    )
    author = models.CharField(max_length=6, choices=Author.choices)
    # The member of staff, whom an owner does not read of.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=10, choices=Event.choices, blank=True)
    text = models.TextField(blank=True)
    internal = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    once_key = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(author="owner", by=None, internal=False, event="")
                | models.Q(author="staff", by__isnull=False, event="")
                | models.Q(author="system", event__in=Event.values),
                name="support_message_author_known",
            ),
            models.UniqueConstraint(
                fields=["once_key"],
                condition=~models.Q(once_key=""),
                name="support_message_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["thread", "id"], name="support_message_thread")]
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.thread_id}/{self.pk}"


class SupportCode(models.Model):
    """A code by SMS that shows one thread to its writer: good for minutes and once, for the asking session."""

    thread = models.ForeignKey(SupportThread, models.CASCADE)
    code_hash = models.CharField(max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class CannedAnswer(models.Model):
    """A text that staff put into an answer and then change as they like."""

    title = models.CharField(_("Title"), max_length=80, unique=True)
    subject = models.CharField(
        _("Subject"), max_length=12, choices=Subject.choices, blank=True,
        help_text=_("Empty: offered for every subject."),
    )  # fmt: skip
    text = models.TextField(_("Text"), max_length=TEXT_LENGTH)
    position = models.PositiveSmallIntegerField(_("Place in the list"), default=100)
    active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("Ready answer")
        verbose_name_plural = _("Ready answers")
        ordering: ClassVar = ["position", "title"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(subject__in=["", *Subject.values]), name="canned_subject_known"
            )
        ]

    def __str__(self) -> str:
        return self.title
