"""The office's page of the audit log: read-only, newest first."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from septam import audit_words
from septam.admin_base import ReadOnlyAdmin, moment_column
from septam.audit_filter import AuditFilter, newest_of_owner
from septam.digits import to_latin, to_persian
from septam.exports.audit_columns import EVENTS
from septam.exports.from_lists import ListExports
from septam.models import AuditEvent

_MOMENT = moment_column("at", _("When"))
_SHOWN_OWNERS = 3


def _rows_of(event: AuditEvent) -> int:
    return int(event.detail.get("rows") or len(event.detail.get("ids", ())))


@admin.register(AuditEvent)
class AuditEventAdmin(ListExports, ReadOnlyAdmin):
    """Who did or looked at what. Found by the number of the person or of the thing, over their indexes."""

    list_display = (_MOMENT, "person", "shown_verb", "kind", "thing", "whose", "client")
    list_filter = (AuditFilter,)
    grows = True
    fields = (
        _MOMENT, "person", "shown_verb", "kind", "thing", "whose", "client", "shown_detail", "shown_request",
    )  # fmt: skip
    readonly_fields = ("shown_detail", "shown_request")
    ordering = ("-id",)
    search_fields = ("actor_id",)
    exported = EVENTS
    search_help_text = _("Number of the person, or type and number of the thing")

    @admin.display(description=_("Number of the person"))
    def person(self, event: AuditEvent) -> str:
        """Who did it; a dash for the system."""
        return to_persian(str(event.actor_id)) if event.actor_id else "–"

    @admin.display(description=_("What was done"))
    def shown_verb(self, event: AuditEvent) -> str:
        """In words, with the verb as it stands in the log."""
        return format_html("{} <bdi>{}</bdi>", audit_words.of_verb(event.verb), event.verb)

    @admin.display(description=_("Kind of thing"))
    def kind(self, event: AuditEvent) -> str:
        """As the office calls it."""
        return audit_words.of_kind(event.object_type)

    @admin.display(description=_("Number of the thing"))
    def thing(self, event: AuditEvent) -> str:
        """Its number; of a list, how many rows were shown."""
        if event.object_id != "None":
            return to_persian(event.object_id)
        return gettext("%(count)s rows") % {"count": to_persian(_rows_of(event))}

    @admin.display(description=_("Whose data"))
    def whose(self, event: AuditEvent) -> str:
        """The numbers of the owners."""
        owners = event.owner_ids or []
        shown = "، ".join(to_persian(owner) for owner in owners[:_SHOWN_OWNERS])
        return (f"{shown}، …" if len(owners) > _SHOWN_OWNERS else shown) or "–"

    @admin.display(description=_("Detail"))
    def shown_detail(self, event: AuditEvent) -> str:
        """As it was kept: names of fields and ids."""
        return format_html("<code>{}</code>", json.dumps(event.detail, ensure_ascii=False))

    @admin.display(description=_("Request id"))
    def shown_request(self, event: AuditEvent) -> str:
        """What the log's lines of that request carry too."""
        return format_html("<code>{}</code>", event.request_id)

    def get_ordering(self, request: HttpRequest) -> Any:
        """Newest first, along the index that fits what is looked for."""
        return [newest_of_owner()] if request.GET.get("owner") else self.ordering

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
