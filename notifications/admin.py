"""The office's pages of SMS: what was sent, what became of it, and sending it again."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.models import SmsMessage, SmsState
from notifications.texts import text_of
from septam import audit, clock
from septam.admin_base import ReadOnlyAdmin, moment_column
from septam.digits import to_latin, to_persian

# Columns of their own, not attributes of the class: there they would be taken for its methods.
_QUEUED = moment_column("created_at", _("Created"))
_SENT = moment_column("sent_at", _("Sent"))
REPEATABLE = (SmsState.DEAD, SmsState.UNDELIVERED, SmsState.UNKNOWN)


@admin.register(SmsMessage)
class SmsMessageAdmin(ReadOnlyAdmin):
    """The outbox. A sensitive message shows no text, here or anywhere: the portal never kept it."""

    personal = True
    list_display = ("what", "mobile", "state", _QUEUED, _SENT, "attempts", "error")
    list_filter = ("state",)
    search_fields = ("mobile",)
    ordering = ("-id",)
    actions = ("send_again",)
    fields = (
        "what", "mobile", "state", "text", "attempts", _QUEUED, _SENT, "provider_id",
        "provider_status", "error",
    )  # fmt: skip
    readonly_fields = (_QUEUED, _SENT)

    @admin.display(description=_("Event"))
    def what(self, message: SmsMessage) -> str:
        """What the message is about, in the words of the file of texts."""
        return text_of(message.event).title

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SmsMessage], search_term: str
    ) -> tuple[QuerySet[SmsMessage], bool]:
        """By the whole mobile, in any digits: the index serves that alone."""
        term = to_latin(search_term).strip()
        return (queryset.filter(mobile=term) if term else queryset), False

    @admin.action(description=_("Send again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[SmsMessage]) -> None:
        """Queue what did not arrive once more; a sensitive one gets a new secret at sending."""
        count = sum(_requeue(request, message) for message in queryset)
        text = gettext("%(count)s messages were queued again.") % {"count": to_persian(count)}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Those who may change messages."""
        return request.user.has_perm("notifications.change_smsmessage")


def _requeue(request: HttpRequest, message: SmsMessage) -> int:
    """1 where the message could be queued again; decided by one conditional update."""
    now = clock.now()
    repeatable: Any = SmsMessage.objects.filter(pk=message.pk, state__in=REPEATABLE)
    changed = repeatable.update(
        state=SmsState.QUEUED,
        attempts=0,
        next_try_at=now,
        valid_until=now + timedelta(hours=24),
        error="",
    )
    if changed:
        audit.record(request.user.pk, "sms.resend", message)
    return int(changed)
