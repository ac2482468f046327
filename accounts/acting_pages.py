"""The office's pages on which support acts for an owner: the reason, then a place's form, marked on each page."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import acting, identity_check
from accounts.acting import PlaceForOwnerForm
from accounts.models import User
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField
from sites import place_views
from sites.place import Place

PERMISSION = "accounts.act_for_owner"
BEGIN, NEW, EDIT = "accounts_user_act", "accounts_user_act_place", "accounts_user_act_place_edit"


class ActForm(PortalForm, forms.Form):
    """Why."""

    reason = PersianCharField(
        label=gettext_lazy("Reason"), max_length=200,
        help_text=gettext_lazy("The owner reads it in the notices."),
    )  # fmt: skip


class ActingPages:
    """For the admin of people."""

    admin_site: Any
    page: Any
    get_queryset: Any

    def acting_urls(self) -> list[URLPattern]:
        """Before Django's."""
        view = self.admin_site.admin_view
        methods = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("<int:pk>/act/", view(methods(self.act_view)), name=BEGIN),
            path("<int:pk>/act/place/", view(methods(self.place_view)), name=NEW),
            path("<int:pk>/act/place/<int:place_pk>/", view(methods(self.place_view)), name=EDIT),
        ]

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The reason; then what may be done."""
        person = self._owner(request, pk)
        form = ActForm(request.POST if "begin" in request.POST else None)
        if "end" in request.POST:
            acting.end(request)
            return redirect("admin:accounts_user_change", pk)
        if not acting.reason_for(request, person):
            if not identity_check.is_fresh(request, person):
                messages.error(request, _("First check the caller's identity."))
                return redirect("admin:accounts_user_help", pk)
            if form.is_valid():
                acting.begin(request, person, form.cleaned_data["reason"])
                return redirect(f"admin:{BEGIN}", pk)
        places = Place.objects.filter(owner=person).exclude(state="archived").order_by("-pk")[:50]
        return self._page(request, person, "admin/accounts/act.html", form, places=list(places))

    def place_view(
        self, request: HttpRequest, pk: int, place_pk: int | None = None
    ) -> HttpResponse:
        """The place's form, for an hour after the reason was given."""
        person = self._owner(request, pk)
        reason = acting.reason_for(request, person)
        if not reason:
            messages.error(request, _("The time to act for this owner is over; begin again."))
            return redirect(f"admin:{BEGIN}", pk)
        with transaction.atomic():
            return self._place(request, person, reason, _place_of(person, place_pk))

    def _place(self, request: HttpRequest, person: User, reason: str, place: Place) -> HttpResponse:
        if place.pk and place_views.is_closed(place):
            messages.error(
                request, _("This place stands still now; a slip is corrected at its request.")
            )
            return redirect(f"admin:{BEGIN}", person.pk)
        form = PlaceForOwnerForm(request.POST if request.method == "POST" else None, place=place)
        if request.method == "POST" and place_views.is_ready_to_save(request, form):
            if form.is_stale():
                form.say_stale()
            else:
                acting.save(request.user.pk or 0, reason, form)
                messages.success(
                    request, _("The place was saved; its owner completes and requests it.")
                )
                return redirect(f"admin:{BEGIN}", person.pk)
        return self._page(request, person, "admin/accounts/act_place.html", form, place=place)

    def _page(
        self, request: HttpRequest, person: User, template: str, form: forms.Form, **context: Any
    ) -> HttpResponse:
        title = gettext_lazy("On the owner's behalf")
        shown = {"person": person, "reason": acting.reason_for(request, person), "form": form}
        back = reverse("admin:accounts_user_change", args=[person.pk])
        page = self.page(request, template, title, back=back, **shown, **context)
        return cast(HttpResponse, page)

    def _owner(self, request: HttpRequest, pk: int) -> User:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        person = self.get_queryset(request).filter(pk=pk).first()
        if person is None:
            raise Http404
        if person.is_staff or not person.is_active:
            raise PermissionDenied
        return cast(User, person)


def _place_of(person: User, pk: int | None) -> Place:
    """The owner's place, locked; an unsaved one for a new place; 404 for anybody else's."""
    if pk is None:
        return Place(owner=person)
    found = Place.objects.filter(owner=person, pk=pk).select_for_update(of=("self",))
    place = found.select_related("category", "city__province").first()
    if place is None:
        raise Http404
    return place
