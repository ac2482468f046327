"""The office's pages of SMS: what was sent, what became of it and why, and sending it again."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications import announcement_admin, length, outbox_summary, reasons, resending  # noqa: F401  (announcements register themselves)
from notifications.export_columns import MESSAGES
from notifications.models import SmsMessage, SmsState
from notifications.texts import events, text_of
from septam import clock
from septam.digits import to_latin, to_persian
from septam.exports.from_lists import ListExports
from septam.office.base import ReadOnlyAdmin, moment_column, phone_column

# Columns of their own, not attributes of the class: there they would be taken for its methods.
_MOBILE = phone_column("mobile", _("Mobile number"))
_QUEUED = moment_column("created_at", _("Created"))
_SENT = moment_column("sent_at", _("Sent"))
_POLLED = moment_column("polled_at", _("Delivery last asked for"))
# What stands for a secret when its length is counted: as long as the real one.
_SECRETS = {"pw": "00000000", "code": "000000"}


class StateFilter(admin.SimpleListFilter):
    """By state; one of few messages is found along its own index."""

    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """All states."""
        return SmsState.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is chosen."""
        return queryset.filter(state=self.value()) if self.value() else queryset


class EventFilter(admin.SimpleListFilter):
    """By what the message is about."""

    title = _("Event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """The titles of the file of texts."""
        return [(text.event, text.title) for text in events()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is chosen."""
        return queryset.filter(event=self.value()) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """By the day on which the message was queued, in Tehran."""

    title = _("Day")
    parameter_name = "day"
    spans = {"today": (0, 1), "yesterday": (1, 1), "week": (6, 7), "month": (29, 30)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """The near past; older ones are found by their number."""
        return [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("week", _("The last seven days")),
            ("month", _("The last thirty days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is chosen."""
        if self.value() not in self.spans:
            return queryset
        back, days = self.spans[str(self.value())]
        first = clock.today() - timedelta(days=back)
        begins = datetime.combine(first, time.min, clock.TEHRAN)
        ends = datetime.combine(first + timedelta(days=days), time.min, clock.TEHRAN)
        return queryset.filter(created_at__gte=begins, created_at__lt=ends)


@admin.register(SmsMessage)
class SmsMessageAdmin(ListExports, ReadOnlyAdmin):
    """The outbox. A sensitive message shows no text, here or anywhere: the portal never kept it."""

    personal = True
    change_list_template = "admin/notifications/outbox.html"
    change_form_template = "admin/notifications/message.html"
    list_display = ("what", _MOBILE, "state", "carrier", "why", "parts", _QUEUED, _SENT)
    list_filter = (StateFilter, DayFilter, EventFilter)
    search_fields = ("mobile",)
    search_help_text = _("The whole mobile number")
    exported = MESSAGES
    ordering = ("-id",)
    grows = True
    actions = ("send_again",)
    fields = (
        "what", _MOBILE, "state", "why_and_what_to_do", "text", "size", _QUEUED, _SENT, _POLLED, "attempts",
        "carrier", "number_there", "repetition",
    )  # fmt: skip
    readonly_fields = (_MOBILE, _QUEUED, _SENT, _POLLED)

    @admin.display(description=_("Event"))
    def what(self, message: SmsMessage) -> str:
        """What the message is about, in the words of the file of texts."""
        return text_of(message.event).title

    @admin.display(description=_("Reason"))
    def why(self, message: SmsMessage) -> str:
        """What happened, where something did."""
        return "؛ ".join(str(reason.words) for reason in reasons.of(message)) or "–"

    @admin.display(description=_("Reason and what to do"))
    def why_and_what_to_do(self, message: SmsMessage) -> str | SafeString:
        """The same with advice, and the provider's code for the technical team."""
        found = reasons.of(message)
        rows = ((reason.words, reason.advice, reason.code) for reason in found)
        return format_html_join("", "<p>{}. {} <bdi>{}</bdi></p>", rows) if found else "–"

    @admin.display(description=_("Parts"))
    def parts(self, message: SmsMessage) -> str:
        """In how many SMS it goes out."""
        return to_persian(length.parts(_as_sent(message)))

    @admin.display(description=_("Length"))
    def size(self, message: SmsMessage) -> str:
        """Its length as the operators count it."""
        text = _as_sent(message)
        count, parts = to_persian(length.units(text)), to_persian(length.parts(text))
        return gettext("%(count)s characters, %(parts)s SMS") % {"count": count, "parts": parts}

    @admin.display(description=_("Provider"))
    def carrier(self, message: SmsMessage) -> str:
        """Who has it or may have it."""
        return str(outbox_summary.title_of(message.provider)) if message.provider else "–"

    @admin.display(description=_("Number at the provider"))
    def number_there(self, message: SmsMessage) -> str:
        """What the provider calls it."""
        return message.provider_id or "–"

    @admin.display(description=_("Sent again"))
    def repetition(self, message: SmsMessage) -> str | SafeString:
        """The message that says this one once more, or that this one repeats."""
        other = message.again.first() or message.again_of
        if other is None:
            return "–"
        return format_html('<a href="../../{}/change/">{}</a>', other.pk, other.get_state_display())

    def get_fields(self, request: HttpRequest, obj: SmsMessage | None = None) -> Any:
        """All but the repetition, where there can be none."""
        can_repeat = obj is None or resending.outlives_its_moment(obj.event)
        return [name for name in self.fields if can_repeat or name != "repetition"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SmsMessage], search_term: str
    ) -> tuple[QuerySet[SmsMessage], bool]:
        """By the whole mobile, in any digits: the index serves that alone."""
        term = "".join(to_latin(search_term).split())
        return (queryset.filter(mobile=term) if term else queryset), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The list below what waits and how the providers do."""
        summary = {
            "waiting": outbox_summary.waiting(),
            "providers": outbox_summary.providers(),
        }
        return super().changelist_view(request, {**(extra_context or {}), **summary})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One message, with a button where it may be sent again."""
        found = self.get_object(request, object_id)
        offered = (
            isinstance(found, SmsMessage)
            and self.has_resend_permission(request)
            and resending.is_repeatable(found)
            and not found.again.exists()
        )
        context = {**(extra_context or {}), "may_send_again": offered}
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description=_("Send again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[SmsMessage]) -> None:
        """Queue what did not arrive once more; a sensitive one gets a new secret at sending."""
        made = [resending.send_again(message, int(request.user.pk or 0)) for message in queryset]
        count = sum(one is not None for one in made)
        if count:
            text = gettext("%(count)s messages were queued again.") % {"count": to_persian(count)}
            self.message_user(request, text, messages.SUCCESS)
        if count < len(made):
            text = gettext("%(count)s messages were left: sent, repeated already, or codes.") % {
                "count": to_persian(len(made) - count)
            }
            self.message_user(request, text, messages.WARNING)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Those who may change messages."""
        return request.user.has_perm("notifications.change_smsmessage")


def _as_sent(message: SmsMessage) -> str:
    """The text, or for a secret one something of its length."""
    if message.text:
        return message.text
    try:
        return text_of(message.event).rendered({**message.values, **_SECRETS})
    except KeyError:
        return text_of(message.event).text
