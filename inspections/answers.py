"""What the owner's pages share: finding one's own, asking on a page of its own, and saying «not now»."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from inspections import next_step
from inspections.laboratories import leavers
from inspections.models import VisitRequest, VisitSlot
from inspections.models.visits import HOLDING
from inspections.refusals import NotAllowed
from inspections.visits import beginning as visit_start


def owner_of(request: HttpRequest) -> User:
    """Who is signed in; for views behind login_required."""
    return cast(User, request.user)


def own_request(request: HttpRequest, number: str) -> VisitRequest:
    """The owner's request of this number, else 404."""
    rows = VisitRequest.objects.visible_to(owner_of(request)).select_related("place", "laboratory")
    return get_object_or_404(rows, number=number)


def held_slot(visit: VisitRequest) -> VisitSlot | None:
    """The proposed or accepted time of a request, with its expert."""
    held = visit.slots.filter(state__in=HOLDING).select_related("expert")
    return leavers.with_left(visit_start.with_begun_report(held)).first()


def not_now(request: HttpRequest, visit: VisitRequest, reason: str) -> HttpResponse:
    """A stale or doubled step: say why it is not possible and how the request stands now."""
    visit.refresh_from_db()
    step = next_step.of(visit, held_slot(visit))
    context = {"visit": visit, "reason": reason, "step": step}
    return render(request, "inspections/not_now.html", context, status=409)


def ask(
    request: HttpRequest,
    visit: VisitRequest,
    *,
    act: Callable[[forms.Form | None], object],
    done: str,
    page: dict[str, Any],
    form_class: Callable[[Any], forms.Form] | None = None,
) -> HttpResponse:
    """A question on a page of its own: GET asks, POST with answer=yes acts and leads to the request's page."""
    answered = request.method == "POST" and request.POST.get("answer") == "yes"
    form = form_class(request.POST if answered else None) if form_class else None
    if not answered or (form is not None and not form.is_valid()):
        return render(request, "septam/confirm_page.html", {"form": form, **page})
    try:
        act(form)
    except NotAllowed as refusal:
        return not_now(request, visit, refusal.reason)
    flash.success(request, done)
    return redirect("inspections:request", visit.number)
