"""The way to an answer for somebody who wrote without signing in: tracking number, then the code that comes by SMS."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import CodeForm
from accounts.limits import wait_message
from portal.support import codes, limits
from portal.support.forms import FindForm

# What this session asked for: the tracking number, and the code's row (0 for none).
ASKED = "support_asked"


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a code; the next page is the same whether there is such a message."""
    if request.method != "POST":
        form = FindForm(initial={"number": request.GET.get("number", "")[:40]})
        return render(request, "portal/support_find.html", {"form": form})
    form = FindForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"]
        verdict = limits.may_find(request, number)
        if verdict.allowed:
            request.session[ASKED] = {"number": number, "code": codes.request_code(request, number)}
            return redirect("portal:support_code")
        form.add_error(None, wait_message(verdict))
    return render(request, "portal/support_find.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The code that came; only the session that asked for it can use it."""
    asked: dict[str, Any] | None = request.session.get(ASKED)
    if asked is None:
        return redirect("portal:support_find")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        thread = codes.use(asked["code"], form.cleaned_data["code"])
        if thread is not None:
            del request.session[ASKED]
            codes.remember(request, thread.number)
            return redirect("portal:support_thread", thread.number)
        form.add_error(
            "code", _("This code is not right, or its time is over; ask for a new one if need be.")
        )
    context = {"form": form, "number": asked["number"]}
    return render(request, "portal/support_code.html", context)
