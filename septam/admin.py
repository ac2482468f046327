"""The office's page of the audit log: read-only, newest first."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from septam.admin_base import ReadOnlyAdmin, moment_column
from septam.digits import to_latin
from septam.models import AuditEvent

_MOMENT = moment_column("at", _("When"))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did or looked at what. Found by the number of the person or of the thing, over their indexes."""

    list_display = (_MOMENT, "actor_id", "verb", "object_type", "object_id", "client")
    fields = (
        "at",
        "actor_id",
        "verb",
        "object_type",
        "object_id",
        "client",
        "shown_detail",
        "shown_request",
    )
    readonly_fields = ("shown_detail", "shown_request")
    ordering = ("-id",)
    search_fields = ("actor_id",)
    search_help_text = _("Number of the person, or type and number of the thing")

    @admin.display(description=_("Detail"))
    def shown_detail(self, event: AuditEvent) -> str:
        """As it was kept: names of fields and ids."""
        return format_html("<code>{}</code>", json.dumps(event.detail, ensure_ascii=False))

    @admin.display(description=_("Request id"))
    def shown_request(self, event: AuditEvent) -> str:
        """What the log's lines of that request carry too."""
        return format_html("<code>{}</code>", event.request_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent], search_term: str
    ) -> tuple[QuerySet[AuditEvent], bool]:
        """«12» is a person; «billing.order 7» is a thing."""
        words = to_latin(search_term).split()
        if len(words) == 2:
            return queryset.filter(object_type=words[0], object_id=words[1]), False
        if len(words) == 1 and words[0].isascii() and words[0].isdigit():
            return queryset.filter(actor_id=int(words[0])), False
        return (queryset.none() if words else queryset), False
