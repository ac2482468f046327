"""What a work list shows, in which order, and how a request is found.

The list opens on open work, which is little, and may be put in order of urgency; whole history and search
results are only ever read newest first along an index.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import (
    Case,
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.scope import has_role
from inspections.laboratories import leavers
from inspections.models import RequestStatus, VisitRequest, VisitSlot
from inspections.models.requests import FINAL, PAID_OPEN
from inspections.models.visits import HOLDING
from septam import clock
from septam.digits import is_number
from septam.identity import compact
from septam.text import search_key

OPEN, TODAY, CLOSED, ALL = "open", "today", "final", "all"
NO_LABORATORY = "laboratory"
NUMBER_LENGTH, POSTAL_LENGTH, MOBILE_LENGTH = 12, 10, 11


class WorkFilter(admin.SimpleListFilter):
    """By status, and beside it today's visits; without a choice: all open work."""

    title = _("Work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Today's visits, each open status, the history."""
        statuses = [(status, RequestStatus(status).label) for status in PAID_OPEN]
        return [
            (TODAY, _("Visits of today")),
            *statuses,
            (NO_LABORATORY, _("Waiting for another laboratory")),
            (leavers.CHOICE, _("With an expert who does not work any more")),
            (CLOSED, _("Ended")),
            (ALL, _("All requests")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is chosen; a search looks everywhere."""
        chosen = self.value()
        if chosen == TODAY:
            todays = _slots_of_today().values("request_id")
            return queryset.filter(status=RequestStatus.ACCEPTED, pk__in=todays)
        if chosen == NO_LABORATORY:
            return queryset.filter(new_laboratory_since__isnull=False, status__in=PAID_OPEN)
        if chosen == leavers.CHOICE:
            return leavers.left_behind(queryset)
        if chosen == CLOSED:
            return queryset.filter(status__in=FINAL)
        if chosen == ALL or (chosen is None and request.GET.get("q")):
            return queryset
        return queryset.filter(status__in=[chosen] if chosen in PAID_OPEN else PAID_OPEN)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """«کارهای باز» in place of Django's «همه»."""
        drawn = super().choices(changelist)
        first: dict[str, Any] = dict(next(drawn))
        yield first | {"display": _("Open work")}
        yield from (dict(choice) for choice in drawn)


def _slots_of_today() -> QuerySet[VisitSlot]:
    first = datetime.combine(clock.today(), time(0), clock.TEHRAN)
    return VisitSlot.objects.filter(
        state__in=HOLDING, starts_at__gte=first, starts_at__lt=first + timedelta(days=1)
    )


def with_visit_time(queryset: QuerySet[VisitRequest]) -> QuerySet[Any]:
    """Adds `visit_at`: the proposed or accepted time, else None."""
    slot = VisitSlot.objects.filter(request_id=OuterRef("pk"), state__in=HOLDING)
    return queryset.annotate(
        visit_at=Subquery(slot.values("starts_at")[:1], output_field=DateTimeField())
    )


def in_order_of_urgency(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """To call first, oldest first; then the visits by hour; then what waits for others."""
    turn = Case(
        When(status=RequestStatus.SCHEDULING, then=Value(0)),
        When(status=RequestStatus.ACCEPTED, then=Value(1)),
        When(status=RequestStatus.PROPOSED, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    # One column name for all, so that the list's own ordering can ask for it.
    return queryset.annotate(turn=turn, due=Coalesce(F("visit_at"), F("paid_at"), F("created_at")))


def is_history(request: HttpRequest) -> bool:
    """Whether the list may be long: then it is read along the index of its keys."""
    return request.GET.get("work") in (CLOSED, ALL) or bool(request.GET.get("q"))


def open_statuses(request: HttpRequest) -> tuple[str, ...]:
    """The statuses that the list shows whole: the chosen one, or all open work; none for a choice by something else."""
    chosen = request.GET.get("work")
    if request.GET.get("q") or chosen in (TODAY, NO_LABORATORY, leavers.CHOICE, CLOSED, ALL):
        return ()
    return (chosen,) if chosen in PAID_OPEN else PAID_OPEN


def search(request: HttpRequest, queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
    """Digits: tracking number, postal code, or (for who may know it) the owner's mobile. Text: the place."""
    number = compact(typed)
    if is_number(number):
        return _by_digits(request, queryset, number)
    key = search_key(typed)
    return queryset.filter(search_key__holds=key) if key else queryset


def _by_digits(request: HttpRequest, queryset: QuerySet[Any], number: str) -> QuerySet[Any]:
    if len(number) == MOBILE_LENGTH and number.startswith("09"):
        # Experts and laboratories never learn whose mobile a number is.
        known = has_role(request.user, Role.SUPPORT, Role.FINANCE, Role.MANAGER)
        return queryset.filter(owner__mobile=number) if known else queryset.none()
    if len(number) == POSTAL_LENGTH:
        return queryset.filter(place__postal_code=number)
    return queryset.filter(number__startswith=number[:NUMBER_LENGTH])
