"""Puts the office's first page together: which panels a role has, and the figures in them."""

from collections.abc import Iterator
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, User
from portal.board import health, panels, periods, waiting
from portal.board.filters import BoardForm, Chosen
from portal.board.health import Sign
from portal.board.panels import Panel
from portal.board.reading import Reading, kept_until
from portal.board.viewer import Viewer, viewer_of
from septam import clock
from sites.models import Category

NAMES = ("first", "last", "province", "laboratory")
FIGURES = (Role.LAB_MANAGER, Role.SUPPORT, Role.MANAGER)


def context(request: HttpRequest) -> dict[str, Any]:
    """The filter, the panels and the signs of health for whoever asks."""
    viewer = viewer_of(cast(User, request.user))
    typed = request.GET if any(name in request.GET for name in NAMES) else None
    form = BoardForm(typed, viewer)
    chosen = form.chosen
    has_figures = viewer.has(*FIGURES, Role.FINANCE)
    return {
        "form": form,
        "board_panels": list(_panels(viewer, chosen, form)),
        "board_signs": list(_signs(viewer)),
        "board_until": kept_until() if has_figures else None,
        "board_has_figures": has_figures,
    }


def _panels(viewer: Viewer, chosen: Chosen, form: BoardForm) -> Iterator[Panel]:
    weeks = periods.are_weeks(chosen.first, chosen.last)
    reading = Reading(viewer, chosen)
    if viewer.has(*FIGURES, Role.EXPERT):
        path = reverse("admin:inspections_visitrequest_changelist")
        yield panels.queue(waiting.queue(viewer, chosen), path)
    if viewer.is_expert:
        yield panels.own_visits(waiting.own_visits(viewer, chosen), weeks=weeks)
    if viewer.has(*FIGURES, Role.FINANCE):
        yield from _over_time(viewer, reading, weeks=weeks)
    if viewer.has(Role.LAB_MANAGER, Role.MANAGER):
        yield from _rates(viewer, reading, form)
    if viewer.has(*FIGURES):
        path = reverse("admin:inspections_certificate_changelist")
        today = clock.today()
        yield panels.ends(reading.ends(today), today, path)


def _over_time(viewer: Viewer, reading: Reading, *, weeks: bool) -> Iterator[Panel]:
    series = reading.by_period()
    if viewer.has(Role.FINANCE, Role.MANAGER):
        yield panels.income(series, weeks=weeks)
    if viewer.has(*FIGURES):
        yield panels.visits(series, weeks=weeks)
    if viewer.has(Role.LAB_MANAGER, Role.MANAGER):
        yield panels.results(series, weeks=weeks)


def _rates(viewer: Viewer, reading: Reading, form: BoardForm) -> Iterator[Panel]:
    categories = reading.by_category()
    names = dict(Category.objects.filter(pk__in=categories).values_list("pk", "name"))
    yield panels.rates("categories", _("Pass rate by category"), _("Category"), categories, names)
    if len(form.laboratories) > 1:
        found = reading.by_laboratory()
        title = _("Pass rate by laboratory")
        yield panels.rates("laboratories", title, _("Laboratory"), found, form.laboratories)


def _signs(viewer: Viewer) -> Iterator[Sign]:
    if viewer.has(Role.SUPPORT, Role.FINANCE, Role.MANAGER):
        yield from health.worker()
    if viewer.has(Role.SUPPORT, Role.MANAGER):
        yield from health.sms()
    if viewer.has(Role.FINANCE, Role.MANAGER):
        yield from health.banks()
