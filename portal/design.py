"""«/design/»: every component of the pages in every state, made from the pieces that the pages themselves use.

For who works on the look; offered where `SEPTAM_DESIGN_PAGE` says so (never by default in production), in no menu.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from inspections import next_step
from inspections.models import RequestStatus, SlotState, VisitRequest, VisitSlot
from septam import clock
from septam.forms.base import PortalForm
from septam.forms.fields import JalaliDateField, MobileField, PersianCharField, RialField
from septam.templatetags.ui import TONES, Fact
from sites.choice_field import ChoiceByTyping, ChoiceByTypingField
from sites.long_lists import CITIES
from sites.models import City, Province
from sites.place import Place, PlaceState

# Whole pages that are looked at by their own address: the pieces of a page cannot show them.
PAGES = {
    "confirm": "septam/confirm_page.html", "400": "400.html", "403": "403.html", "403-csrf": "403_csrf.html",
    "404": "404.html", "405": "405.html", "413": "413.html", "429": "429.html", "500": "500.html", "503": "503.html",
}  # fmt: skip
_LONG = "ن" * 80


class DesignForm(PortalForm, forms.Form):
    """A field of each kind."""

    name = PersianCharField(label=_("First name"), help_text=_("Design: a hint"))
    mobile = MobileField(label=_("Mobile number"))
    day = JalaliDateField(label=_("Day of the transfer"), max_date=clock.today)
    amount = RialField(label=_("Amount (rial)"), min_value=1)
    city = ChoiceByTypingField(
        label=_("Province and city"), long_list=CITIES, help_text=_("Type a part of the name, and click in the list"),
        widget=ChoiceByTyping({"data-suggest": "/suggest/cities/", "maxlength": 160}),
    )  # fmt: skip
    subject = forms.ChoiceField(
        label=_("Subject"), choices=[("", _("Choose")), ("a", _("Visit")), ("b", _("Certificate"))]
    )
    kind = forms.ChoiceField(
        label=_("Connections"), widget=forms.RadioSelect, choices=[("a", _("Visit")), ("b", _("Certificate"))],
    )  # fmt: skip
    text = PersianCharField(label=_("What happened?"), widget=forms.Textarea({"rows": 3}))
    agreed = forms.BooleanField(label=_("I have accepted the terms"))
    widths = {"mobile": "medium", "amount": "medium"}
    fieldsets = ((_("Particulars"), _("Design: a hint"), ("name", "mobile", "day", "amount")),)


class ConfirmForm(PortalForm, forms.Form):
    """What a question asks besides."""

    reason = PersianCharField(label=_("Reason, if you like to tell it"), required=False)


def is_offered() -> bool:
    """Whether this installation shows the page."""
    return bool(settings.DESIGN_PAGE)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    _refuse_if_off()
    bad = DesignForm(QueryDict("mobile=12&day=1405/13/1&amount=x&city=ق"), auto_id="bad_%s")
    context = {
        "good": DesignForm(initial={"name": "مریم", "kind": "a"}, auto_id="good_%s"),
        "bad": bad,
        "tones": TONES,
        "cards": _cards(),
        "timeline": _timeline(),
        "rows": _rows(),
        "lines": [{"label": _("Visit"), "amount": 6_360_000}, {"label": _LONG, "amount": 636_000}],
        "tasks": [
            {"title": _("Particulars"), "url": "#tasks", "done": True},
            {"title": _("Laboratory"), "url": "#tasks", "done": False},
        ],
        "page": Paginator(range(60), 20).page(2),
        "names": list(PAGES),
        "is_demo_number": "136 0154 5630",
    }
    return render(request, "portal/design.html", context)


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of last resort, or a question, as visitors see it (but answered with 200)."""
    _refuse_if_off()
    if name not in PAGES:
        raise Http404
    context = {
        "question": _("Design: a question"), "consequences": [_("Design: a sentence"), _LONG], "facts": _rows(),
        "danger": True, "no_url": "/design/", "form": ConfirmForm(), "wait": "۵ دقیقه", "request_id": "0f3c",
    }  # fmt: skip
    return render(request, PAGES[name], context if name in ("confirm", "429", "500") else {})


def _refuse_if_off() -> None:
    if not is_offered():
        raise Http404


def _place(state: PlaceState = PlaceState.READY) -> Place:
    province = Province(pk=1, name="تهران")
    return Place(
        pk=1, title="نانوایی سنگک", state=state, city=City(pk=1, name="تهران", province=province)
    )


def _cards() -> list[dict[str, Any]]:
    """A card for each status of a request, and for places without one; nothing of it is in the database."""
    now = clock.now()
    facts = [
        Fact(str(_("City of the place")), "استان تهران - تهران"),
        Fact(str(_("Postal code")), "۱۴۱۶۹۳۲۷۹۰", "ready"),
    ]
    steps = [next_step.of_place(_place(state)) for state in PlaceState]
    for status in RequestStatus:
        visit = VisitRequest(
            pk=1, number="030127010046", place=_place(), status=status, status_changed_at=now
        )
        held = SlotState.PROPOSED if status == RequestStatus.PROPOSED else SlotState.ACCEPTED
        slot = VisitSlot(pk=1, request=visit, state=held, starts_at=now + timedelta(days=3))
        steps.append(next_step.of(visit, slot, now))
    titles = ["نانوایی سنگک", _LONG]
    return [
        {"title": titles[number % 2], "step": step, "facts": facts}
        for number, step in enumerate(steps)
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {"state": "done", "title": _("Request and payment"), "moment": clock.now()},
        {"state": "now", "title": _("Visit"), "text": _("Design: a sentence"), "url": "#timeline", "url_text": _("Guide")},
        {"state": "next", "title": _("Certificate")},
    ]  # fmt: skip


def _rows() -> list[dict[str, Any]]:
    return [
        {"label": _("Name"), "value": _LONG, "change_url": "/design/"},
        {"label": _("Postal code"), "value": ""},
        {"label": _("Laboratory"), "value": "آزمایشگاه آتن"},
    ]
