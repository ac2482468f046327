"""The office's page of the audit log: read-only, newest first, with people and things by name."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from septam import audit, audit_detail, audit_words
from septam.audit_filter import AuditFilter, PersonField, newest_of_owner
from septam.audit_people import OWNERS_SHOWN, People
from septam.digits import to_latin, to_persian
from septam.exports.audit_columns import EVENTS
from septam.exports.from_lists import ListExports
from septam.models import AuditEvent
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.office.lists import PagedList

_MOMENT = moment_column("at", _("When"))


def _rows_of(event: AuditEvent) -> int:
    return int(event.detail.get("rows") or len(event.detail.get("ids", ())))


class EventList(PagedList):
    """A page of events that knows the people of all its rows, and who looks at it."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows, then everybody whom they name by one query."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        _know(self.result_list, request)


def _know(events: Sequence[AuditEvent], request: HttpRequest) -> None:
    people = People(events)
    for event in events:
        event.people, event.viewer = people, request  # type: ignore[attr-defined]


@admin.register(AuditEvent)
class AuditEventAdmin(ListExports, ReadOnlyAdmin):
    """Who did or looked at what. Found by the person or the thing, over their indexes."""

    list_display = (_MOMENT, "person", "shown_verb", "thing", "whose", "client")
    list_filter = (AuditFilter,)
    grows = True
    fields = (
        _MOMENT, "person", "shown_verb", "thing", "whose", "client", "shown_detail", "shown_request",
    )  # fmt: skip
    readonly_fields = ("shown_detail", "shown_request")
    ordering = ("-id",)
    search_fields = ("actor_id",)
    exported = EVENTS
    search_help_text = _(
        "Username, mobile or number of the person; things are found by their kind and number under «Find events»"
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that knows its people."""
        return EventList

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """One event, with the people whom it names."""
        event = super().get_object(request, *args, **kwargs)
        if event is not None:
            _know([event], request)
        return event

    @admin.display(description=_("Who did it"))
    def person(self, event: Any) -> str:
        """By name; the system where it was nobody."""
        return self._person(event, event.actor_id) if event.actor_id else gettext("The system")

    @admin.display(description=_("What was done"))
    def shown_verb(self, event: AuditEvent) -> str:
        """In words."""
        return audit_words.of_verb(event.verb)

    @admin.display(description=_("What to"))
    def thing(self, event: Any) -> str:
        """Its kind and number, linked where this person may open it; of a list, how many rows were shown."""
        kind = audit_words.of_kind(event.object_type)
        if event.object_id == audit.OF_A_LIST:
            values = {"count": to_persian(_rows_of(event)), "kind": kind}
            return gettext("%(count)s rows of: %(kind)s") % values
        if event.object_type == "accounts.user" and event.object_id.isdigit():
            return self._person(event, int(event.object_id))
        return self._linked(event, event.object_type, f"{kind} {to_persian(event.object_id)}")

    @admin.display(description=_("Whose data"))
    def whose(self, event: Any) -> str:
        """The owners, the first of many."""
        owners = event.owner_ids or []
        shown = [event.people.called(owner) for owner in owners[:OWNERS_SHOWN]]
        more = ["…"] if len(owners) > OWNERS_SHOWN else []
        return format_html_join("، ", "{}", ([one] for one in [*shown, *more])) or "–"

    @admin.display(description=_("Detail"))
    def shown_detail(self, event: AuditEvent) -> str:
        """In words; below them as it was kept, the verb first: names of fields and ids."""
        words = audit_detail.in_words(event.object_type, event.detail)
        lines = format_html_join("", "<div>{}: <bdi>{}</bdi></div>", words)
        kept = json.dumps(event.detail, ensure_ascii=False)
        return format_html(
            '{}<details><summary>{}</summary><code dir="ltr">{} {}</code></details>',
            lines, gettext("As it was kept"), event.verb, kept,
        )  # fmt: skip

    @admin.display(description=_("Request id"))
    def shown_request(self, event: AuditEvent) -> str:
        """What the log's lines of that request carry too."""
        return format_html("<code>{}</code>", event.request_id)

    def _person(self, event: Any, pk: int) -> str:
        return self._linked(event, "accounts.user", event.people.called(pk), str(pk))

    def _linked(self, event: Any, label: str, text: str, pk: str = "") -> str:
        if not self._may_open(event.viewer, label):
            return text
        name = label.replace(".", "_")
        return format_html(
            '<a href="{}">{}</a>',
            reverse(f"admin:{name}_change", args=[pk or event.object_id]),
            text,
        )

    def _may_open(self, viewer: HttpRequest, label: str) -> bool:
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):  # one that is gone
            return False
        page = self.admin_site._registry.get(model)
        return page is not None and page.has_view_permission(viewer)

    def get_ordering(self, request: HttpRequest) -> Any:
        """Newest first, along the index that fits what is looked for."""
        return [newest_of_owner()] if request.GET.get("owner") else self.ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent], search_term: str
    ) -> tuple[QuerySet[AuditEvent], bool]:
        """«keenFoxB», a mobile or «12» is a person; «billing.order 7» is a thing."""
        words = to_latin(search_term).split()
        if len(words) == 2 and "." in words[0]:
            return queryset.filter(object_type=words[0], object_id=words[1]), False
        return (queryset.filter(actor_id__in=_meant(search_term)) if words else queryset), False


def _meant(typed: str) -> Iterable[int]:
    try:
        person = PersonField(required=False).clean(typed)
    except ValidationError:
        return ()
    return () if person is None else (person,)
