"""The owner's pages of one place: new, its form, the archive."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications import outbox
from septam import clock
from septam.forms.typed_before import keeps_what_was_typed
from septam.postgres.prepared import Prepared
from septam.text import search_key
from sites import begun, completeness
from sites.freezing import has_live_request, is_held, with_hold
from sites.place import Place, PlaceState, about_place
from sites.place_form import KEPT, PlaceForm

MAX_SEARCH_KEY = 240
# A second press of the button within this time makes no second place.
DOUBLE_PRESS = timedelta(seconds=30)


def _places_url() -> str:
    return reverse("portal:places")


@begun.remembers_what_was_told
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_new(request: HttpRequest) -> HttpResponse:
    """«+ محل جدید»: the question, and after «بله» the form."""
    if request.POST.get("answer") == "yes":
        return redirect("sites:place_create")
    context = {
        "question": _("Do you want to register a new place?"),
        "consequences": [
            _("Each place gets a certificate of its own."),
            _("You can save the data half-filled and complete them later."),
        ],
        "no_url": _places_url(),
    }
    return render(request, "septam/confirm_page.html", context)


@keeps_what_was_typed
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_create(request: HttpRequest) -> HttpResponse:
    """The empty form of a place."""
    assert request.user.is_authenticated  # noqa: S101  # login_required stands before  # nosec B101
    place = Place(owner=request.user)
    if request.method != "POST":
        begun.fill(place, request.session)
        return _form_page(request, PlaceForm(place=place))
    form = PlaceForm(request.POST, place=place)
    if not is_ready_to_save(request, form):
        return _form_page(request, form)
    with transaction.atomic():
        # Two presses of the button wait for one another here.
        get_user_model().objects.select_for_update().get(pk=request.user.pk)
        if not _was_just_made(place, form):
            save_filled(place, form)
    begun.forget(request.session)
    return _done(request, form)


def _was_just_made(place: Place, form: PlaceForm) -> bool:
    same = Place.objects.filter(owner_id=place.owner_id, title=form.cleaned_data["title"])
    since = clock.now() - DOUBLE_PRESS
    return same.filter(created_at__gte=since, postal_code=form.cleaned_data["postal_code"]).exists()


def save_filled(place: Place, form: PlaceForm) -> None:
    """Write the values of a valid form: a new place whole, of a known one its columns. The caller holds its lock."""
    _fill(place, form)
    if not place._state.adding:
        place.save(update_fields=[*KEPT, "state", "search_key", "updated_at"])
        return
    place.created_at = place.updated_at
    place.save(force_insert=True)


def _fill(place: Place, form: PlaceForm) -> None:
    form.fill(place)
    place.search_key = search_key(f"{place.title} {place.sign_name}")[:MAX_SEARCH_KEY]
    place.updated_at = clock.now()


@keeps_what_was_typed
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a place; a frozen or archived one says why it cannot be changed."""
    if request.method == "POST":
        with transaction.atomic():
            return _save(request, _own_place(request, pk, lock=True))
    place = _own_place(request, pk)
    if is_closed(place):
        return _closed_page(request, place)
    return _form_page(request, PlaceForm(place=place))


def _own_place(request: HttpRequest, pk: int, *, lock: bool = False) -> Place:
    """The place, if it is this owner's; else 404."""
    assert request.user.is_authenticated  # noqa: S101  # login_required stands before every view here  # nosec B101
    if lock:
        return get_object_or_404(_own(request.user.pk, pk).select_for_update(of=("self",)))
    place = _OWN.first(request.user.pk, pk)
    if place is None:
        raise Http404
    return place


def _own(owner_id: int, pk: int) -> QuerySet[Place]:
    mine = Place.objects.visible_to(get_user_model()(pk=owner_id))
    return mine.filter(pk=pk).select_related("category", "city__province")


_OWN = Prepared(lambda owner_id, pk: with_hold(_own(owner_id, pk)))


def is_closed(place: Place) -> bool:
    """Whether the place's data stand still: paid for, held by an order, or put away."""
    return place.frozen or place.state == PlaceState.ARCHIVED or is_held(place)


def _save(request: HttpRequest, place: Place) -> HttpResponse:
    if is_closed(place):
        return _closed_page(request, place, status=409)
    form = PlaceForm(request.POST, place=place)
    if not is_ready_to_save(request, form):
        return _form_page(request, form)
    if form.is_stale():
        form.say_stale()
        return _form_page(request, form)
    save_filled(place, form)
    return _done(request, form)


def is_ready_to_save(request: HttpRequest, form: PlaceForm) -> bool:
    """Whether the form was sent to be saved, and holds what can be."""
    searched = request.POST.get("search", "")
    if searched:
        form.search_only(searched)
    return not searched and form.is_valid()


def _form_page(request: HttpRequest, form: PlaceForm) -> HttpResponse:
    place, missing = form.place, []
    if place.pk and not form.is_bound:  # what is typed already is not known here
        missing = completeness.tasks(place)
    context = {"form": form, "place": place, "missing": missing}
    return render(request, "sites/place_form.html", context)


def _closed_page(request: HttpRequest, place: Place, status: int = 200) -> HttpResponse:
    return render(request, "sites/place_closed.html", {"place": place}, status=status)


def _done(request: HttpRequest, form: PlaceForm) -> HttpResponse:
    is_known = form.place.pk is not None
    if form.cleaned_data["complete"] and is_known and has_live_request(form.place):
        text = _("The place's data are registered; its request in the cart stays.")
    elif form.cleaned_data["complete"]:
        text = _("The place's data are registered; you can request a visit now.")
    else:
        text = _("The place's data are saved; complete them to request a visit.")
    messages.success(request, text)
    return redirect("portal:places")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a closed place away, after a question; not while a request of it is under way."""
    if request.POST.get("answer") == "yes":
        with transaction.atomic():
            return _archive(request, _own_place(request, pk, lock=True))
    place = _own_place(request, pk)
    if _is_needed(place):
        return _kept_page(request, place)
    context = {
        "question": _("Do you want to archive «%(title)s»?") % {"title": place.title},
        "consequences": [
            _(
                "An archived place is not shown among your places; its history and certificates stay."
            ),
            _("You can bring it back at any time."),
        ],
        "no_url": _places_url(),
    }
    return render(request, "septam/confirm_page.html", context)


def _archive(request: HttpRequest, place: Place) -> HttpResponse:
    if _is_needed(place):
        return _kept_page(request, place, status=409)
    _set_state(place, PlaceState.ARCHIVED)
    outbox.withdraw(about=about_place(place.pk))
    messages.success(request, _("The place is in the archive now."))
    return redirect("portal:places")


def _is_needed(place: Place) -> bool:
    """Whether a request of the place is under way, or a payment of one that has left the cart."""
    return place.frozen or has_live_request(place) or is_held(place)


def _kept_page(request: HttpRequest, place: Place, status: int = 200) -> HttpResponse:
    return render(request, "sites/place_not_archived.html", {"place": place}, status=status)


@login_required
@require_http_methods(["POST"])
def place_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Brings a place back from the archive, to be looked through and ticked again."""
    with transaction.atomic():
        place = _own_place(request, pk, lock=True)
        if place.state == PlaceState.ARCHIVED:
            _set_state(place, PlaceState.DRAFT)
    messages.success(
        request, _("The place is back; look through its data before you request a visit.")
    )
    return redirect("sites:place_edit", pk=place.pk)


def _set_state(place: Place, state: PlaceState) -> None:
    place.state = state
    place.updated_at = clock.now()
    place.save(update_fields=["state", "updated_at"])
