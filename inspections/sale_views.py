"""The owner's page on which a place is said to be sold."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inspections import sales
from inspections.answers import owner_of
from inspections.refusals import NotAllowed
from sites.models import Place


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_sold(request: HttpRequest, pk: int) -> HttpResponse:
    """«واگذاری محل»: asked on GET, done on POST with answer=yes."""
    owner = owner_of(request)
    place = get_object_or_404(Place.objects.visible_to(owner), pk=pk)
    if request.method == "POST" and request.POST.get("answer") == "yes":
        try:
            sales.declare(pk, owner)
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _("The place was handed over; it is in the archive now."))
        return redirect("portal:places")
    if not sales.may_declare(place):
        messages.error(request, sales.NOT_NOW)
        return redirect("portal:places")
    context = {
        "question": _("Has «%(title)s» been handed over to somebody else?") % {"title": place.title},
        "consequences": [
            _("Its certificate stands no longer; the public check shows it as superseded."),
            _("The place goes into the archive. Its history, papers and payments stay with you."),
            _("The new holder registers the place anew and sees nothing of yours."),
            _("This cannot be taken back."),
        ],
        "yes_text": _("The place was handed over"), "no_text": _("Go back"),
        "no_url": reverse("portal:places"), "danger": True,
    }  # fmt: skip
    return render(request, "septam/confirm_page.html", context)
