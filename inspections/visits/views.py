"""Pages on which an owner answers: a visit time, another time, giving up, an expert who did not come."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from inspections import money_back, workflow
from inspections.answers import ask, held_slot, not_now, own_request, owner_of
from inspections.forms import HoursForm, ReasonForm, WishForm
from inspections.guide_words import CONFIRM_TIME
from inspections.laboratories import leavers
from inspections.laboratories.experts import code_of
from inspections.models import SlotState, VisitRequest, VisitSlot
from inspections.visits import calendar_file
from inspections.workflow.times import why_no_other_time, why_not_missed
from septam import clock, jalali
from septam.digits import to_persian
from septam.forms.typed_before import keeps_what_was_typed
from septam.money import format_rial

# The guide's «انصراف» stands beside its «تأیید»: that it gives up nothing is said, for it has the name of withdrawing.
_UNTIL_WHEN = gettext_lazy(
    "You can confirm it until that hour. “Dismiss” only closes this page; the request stays."
)
_questions = require_http_methods(["GET", "HEAD", "POST"])


def _value(form: forms.Form | None, name: str) -> str:
    return str(form.cleaned_data[name]) if form is not None else ""


def _own_slot(request: HttpRequest, pk: int) -> VisitSlot:
    mine = VisitSlot.objects.filter(request__owner_id=owner_of(request).pk)
    return get_object_or_404(mine.select_related("request__place", "request__laboratory"), pk=pk)


def _page_of(visit: VisitRequest) -> str:
    return reverse("inspections:request", args=[visit.number])


@login_required
@_questions
def slot_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The guide's dialog: confirm the time that was agreed on the phone. «انصراف» changes nothing."""
    slot = _own_slot(request, pk)
    visit = slot.request
    if slot.state == SlotState.ACCEPTED:  # a second press of the same button
        return redirect(_page_of(visit))
    refusal = _not_open(slot)
    if refusal:
        return not_now(request, visit, refusal)
    page = {
        "question": _("Confirm the visit time"),
        "consequences": [
            jalali.visit_day(slot.starts_at),
            visit.place_title,
            CONFIRM_TIME,
            _UNTIL_WHEN,
        ],
        "yes_text": _("Confirm"),
        "no_text": _("Dismiss"),
        "no_url": reverse("portal:history"),
        "more_url": reverse("inspections:slot_decline", args=[slot.pk]),
        "more_text": _("This time does not suit me"),
    }
    done = _("The visit time is fixed.")
    return ask(
        request,
        visit,
        act=lambda form: workflow.confirm_time(pk, owner_of(request)),
        done=done,
        page=page,
    )


def _not_open(slot: VisitSlot) -> str:
    """Why a time can no longer be answered; empty while it can."""
    if slot.state != SlotState.PROPOSED:
        return _("This visit time is no longer open.")
    if slot.starts_at <= clock.now():
        return _("This time has passed; the expert will propose another one.")
    return workflow.why_nobody_comes(slot)


@keeps_what_was_typed
@login_required
@_questions
def slot_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """«این زمان برایم مناسب نیست»: back into the queue, with a wish if the owner has one."""
    slot = _own_slot(request, pk)
    visit = slot.request
    if slot.state != SlotState.PROPOSED:
        return not_now(request, visit, _("This visit time is no longer open."))
    page = {
        "question": _("Does this time not suit you?"),
        "consequences": [
            jalali.visit_day(slot.starts_at),
            _("The place goes back into the queue and the expert will call again."),
            _("It costs nothing, and you keep your place in the queue."),
        ],
        "yes_text": _("This time does not suit me"),
        "no_text": _("Go back"),
        "no_url": reverse("inspections:slot_confirm", args=[slot.pk]),
    }

    def act(form: forms.Form | None) -> None:
        workflow.decline_time(pk, owner_of(request), _value(form, "wish"))

    done = _("You declined the time; the expert will call to agree on another one.")
    return ask(request, visit, act=act, done=done, page=page, form_class=WishForm)


_THE_WAY_BACK = gettext_lazy(
    "It goes back to the card that paid, or to your bank account where the card does not take it. Finance approves it first; the steps stand in “My payments”, and an SMS tells you when it was made."
)


def _what_returns(visit: VisitRequest) -> list[str | Promise]:
    is_left_alone = visit.new_laboratory_since is not None
    due = money_back.amount(visit, by_owner=not is_left_alone)
    amount = [_("%(amount)s rial is returned.") % {"amount": format_rial(due)}] if due else []
    how = (
        _("The request ends, and the whole fee is returned.") if is_left_alone else _by_the_terms()
    )
    return [how, *amount, *([_THE_WAY_BACK] if due else [])]


def _by_the_terms() -> str:
    percent = settings.WITHDRAWAL_DEDUCTION_PERCENT
    if not percent:
        return _("The request ends, and the fee is returned by the terms.")
    return _(
        "The request ends; by the terms %(percent)s percent of the fee is kept and the rest returned."
    ) % {"percent": to_persian(percent)}


@keeps_what_was_typed
@login_required
@_questions
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Give the request up before a time is accepted."""
    visit = own_request(request, number)
    page = _refusable(
        visit, "withdraw",
        question=_("Withdraw the request?"),
        consequences=[visit.place_title, *_what_returns(visit)],
        yes_text=_("I withdraw the request"), danger=True,
    )  # fmt: skip

    def act(form: forms.Form | None) -> None:
        workflow.withdraw(visit.pk, owner_of(request), _value(form, "reason"))

    return _asked(request, visit, page, act, _("The request was withdrawn."), ReasonForm)


@keeps_what_was_typed
@login_required
@_questions
def another_time(request: HttpRequest, number: str) -> HttpResponse:
    """Give an accepted time up, until 48 hours before it; later only support can."""
    visit = own_request(request, number)
    page = _refusable(
        visit, "ask_another_time",
        question=_("Ask for another time?"),
        consequences=[
            visit.place_title,
            _("The fixed time is given up; the place goes back into the queue and the expert will call."),
        ],
        yes_text=_("Ask for another time"),
        why_not=why_no_other_time(held_slot(visit), clock.now()),
    )  # fmt: skip

    def act(form: forms.Form | None) -> None:
        workflow.ask_another_time(visit.pk, owner_of(request), _value(form, "wish"))

    return _asked(
        request, visit, page, act, _("The expert will call to agree on another time."), WishForm
    )


@login_required
@_questions
def missed_visit(request: HttpRequest, number: str) -> HttpResponse:
    """«کارشناس مراجعه نکرد», once the time of the visit has come."""
    visit = own_request(request, number)
    page = _refusable(
        visit, "expert_missed",
        question=_("Did the expert not come?"),
        consequences=[visit.place_title, _("The laboratory hears of it and will agree on another time, free of charge.")],
        yes_text=_("The expert did not come"),
        why_not=why_not_missed(held_slot(visit), clock.now()),
    )  # fmt: skip

    def act(form: forms.Form | None) -> None:
        workflow.report_missed_visit(visit.pk, owner_of(request))

    return _asked(
        request, visit, page, act, _("It was recorded; the laboratory will call you."), None
    )


@keeps_what_was_typed
@login_required
@_questions
def name_hours(request: HttpRequest, number: str) -> HttpResponse:
    """Say when the expert's call will find an answer."""
    visit = own_request(request, number)
    page = _refusable(
        visit, "name_hours",
        question=_("Name an hour for the call"), consequences=[visit.place_title], yes_text=_("Save"),
    )  # fmt: skip

    def act(form: forms.Form | None) -> None:
        workflow.name_hours(visit.pk, owner_of(request), _value(form, "hours"))

    return _asked(
        request,
        visit,
        page,
        act,
        _("It was recorded; the expert will see it."),
        lambda data: HoursForm(data, initial={"hours": visit.place.visiting_hours}),
    )


def _refusable(visit: VisitRequest, verb: str, **page: Any) -> dict[str, Any]:
    return {"verb": verb, "no_text": _("Go back"), "no_url": _page_of(visit), **page}


def _asked(
    request: HttpRequest,
    visit: VisitRequest,
    page: dict[str, Any],
    act: Any,
    done: str,
    form_class: Callable[[Any], forms.Form] | None,
) -> HttpResponse:
    """Ask, unless the request's state forbids the verb anyway."""
    why_not = page.pop("why_not", "")
    if not workflow.allows(visit, page.pop("verb")):
        return not_now(request, visit, _("This is not possible any more."))
    if why_not:
        return not_now(request, visit, why_not)
    return ask(request, visit, act=act, done=done, page=page, form_class=form_class)


@login_required
@require_safe
def visit_ics(request: HttpRequest, number: str) -> HttpResponse:
    """The accepted visit as a file for the owner's calendar; 404 without one."""
    visit = own_request(request, number)
    slot = held_slot(visit)
    if slot is None or slot.state != SlotState.ACCEPTED or leavers.is_off(slot):
        raise Http404
    content = calendar_file.of_visit(visit, slot, code_of(slot.expert, visit.laboratory_id))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="visit-{visit.number}.ics"'
    return response
