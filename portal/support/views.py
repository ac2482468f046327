"""Writing to support, and «گفت‌وگو»: the conversations of an owner, and one of them."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.captcha.field import as_typed, asked_anew
from accounts.limits import address_key, wait_message
from accounts.models import User
from portal.models import Author, ReferenceKind, Subject, SupportThread, ThreadState
from portal.support import codes, limits, references, threads
from portal.support.forms import OwnersForm, ReplyForm, StrangersForm
from septam.digits import is_number
from septam.forms.typed_before import keeps_what_was_typed
from septam.paging import page_of
from septam.throttle import Verdict

PAGE_SIZE = 20
TONES = {ThreadState.WAITING: "wait", ThreadState.ANSWERED: "good", ThreadState.CLOSED: "neutral"}
# The number of the message that this session sent last without being signed in.
SENT = "support_sent"
# A reply that came after the way to its conversation had closed (signed out meanwhile): kept for the form.
_KEPT = "support_kept"
_MOST_KEPT = 10_000


@keeps_what_was_typed
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The form, signed in or not; then the conversation, or its tracking number."""
    if request.user.is_authenticated:
        return _owner_writes(request, request.user)
    address = address_key(request)
    if request.method != "POST":
        return _form_page(request, StrangersForm(initial=_asked_for(request), address=address))
    if asked_anew(request.POST):
        return _form_page(request, as_typed(StrangersForm, request.POST, address))
    form = StrangersForm(request.POST, address=address)
    if form.is_valid():
        verdict = limits.may_write(request, form.cleaned_data["mobile"])
        if verdict.allowed:
            thread = threads.begin(form.draft(), None, form.cleaned_data["once"])
            request.session[SENT] = thread.number
            return redirect("portal:support_sent")
        form.add_error(None, wait_message(verdict))
    return _form_page(request, form)


def _owner_writes(request: HttpRequest, owner: User) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, OwnersForm(initial=_asked_for(request), owner=owner))
    form = OwnersForm(request.POST, owner=owner)
    if form.is_valid():
        verdict = limits.may_write_as(owner.pk)
        if verdict.allowed:
            thread = threads.begin(form.draft(), owner, form.cleaned_data["once"])
            messages.success(request, _("Your message reached support."))
            return redirect("portal:support_thread", thread.number)
        form.add_error(None, wait_message(verdict))
    return _form_page(request, form)


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """Subject and number that the link named."""
    subject = request.GET.get("subject", "")
    return {
        "subject": subject if subject in Subject.values else "",
        "reference": references.digits_of(request.GET.get("ref", "")[:40]),
    }


def _form_page(request: HttpRequest, form: OwnersForm) -> HttpResponse:
    return render(request, "portal/support_write.html", {"form": form})


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The tracking number of what this session sent without being signed in, and how the answer is read."""
    number = request.session.get(SENT)
    if not number:
        return redirect("portal:support")
    return render(request, "portal/support_sent.html", {"number": number})


@login_required
@require_safe
def thread_list(request: HttpRequest) -> HttpResponse:
    """The owner's conversations, the newest first."""
    mine = SupportThread.objects.visible_to(cast(User, request.user)).order_by("-id")
    page = page_of(mine, request.GET.get("page"), PAGE_SIZE)
    rows = [{"thread": one, "tone": TONES[ThreadState(one.state)]} for one in page.object_list]
    return render(request, "portal/support_threads.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def thread_page(request: HttpRequest, number: str) -> HttpResponse:
    """One conversation, and the form to go on with it; a closed one opens again by writing.

    Its owner reads it signed in; who wrote without signing in, after a code in this session.
    """
    thread = _readable(request, number)
    if thread is None:
        if request.user.is_authenticated:
            raise Http404
        _keep(request, number)
        return redirect(f"{reverse('portal:support_find')}?{urlencode({'number': number})}")
    form = ReplyForm(request.POST) if request.method == "POST" else _reply_form(request, number)
    if form.is_valid():
        verdict = _counted(thread)
        if verdict.allowed:
            threads.write(thread.pk, form.cleaned_data["text"], form.cleaned_data["once"])
            messages.success(request, _("Your message reached support."))
            return redirect("portal:support_thread", thread.number)
        form.add_error(None, wait_message(verdict))
    response = render(request, "portal/support_thread.html", _shown(thread, form))
    response["Cache-Control"] = "private, no-store"
    return response


def _readable(request: HttpRequest, number: str) -> SupportThread | None:
    if not is_number(number):
        return None
    if codes.is_opened(request, number):
        return SupportThread.objects.filter(number=number, owner=None).first()
    if not request.user.is_authenticated:
        return None
    return SupportThread.objects.visible_to(request.user).filter(number=number).first()


def _keep(request: HttpRequest, number: str) -> None:
    typed = request.POST.get("text", "")[:_MOST_KEPT]
    if typed:
        request.session[_KEPT] = {"number": number[:40], "text": typed}


def _reply_form(request: HttpRequest, number: str) -> ReplyForm:
    kept = request.session.get(_KEPT, {})
    if kept.get("number") != number:
        return ReplyForm()
    del request.session[_KEPT]
    return ReplyForm(initial={"text": kept["text"]})


def _counted(thread: SupportThread) -> Verdict:
    if thread.owner_id is None:
        return limits.may_write_on(thread.number)
    return limits.may_write_as(thread.owner_id)


_PAGES = {
    ReferenceKind.REQUEST: "inspections:request",
    ReferenceKind.ORDER: "billing:order",
    ReferenceKind.CERTIFICATE: "inspections:certificate",
}


def _reference_address(thread: SupportThread) -> str:
    """The page of what an owner's message is about; a number that was not checked leads nowhere."""
    if not thread.reference_kind:
        return ""
    return reverse(_PAGES[ReferenceKind(thread.reference_kind)], args=[thread.reference])


def _shown(thread: SupportThread, form: ReplyForm) -> dict[str, Any]:
    said = thread.messages.filter(internal=False)
    return {
        "thread": thread,
        "reference_url": _reference_address(thread),
        "tone": TONES[ThreadState(thread.state)],
        "said": [{"message": one, "is_own": one.author == Author.OWNER} for one in said],
        "is_closed": thread.state == ThreadState.CLOSED,
        "form": form,
    }
