"""«سپردن به کارشناس»: what nobody has yet, who has how much in hand, and many requests given in one step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import Role, User
from accounts.scope import laboratory_ids
from inspections import workflow
from inspections.laboratories import choice as laboratory_choice
from inspections.laboratories import load, unassigned
from inspections.laboratories.unassigned import Wish
from inspections.models import RequestKind, VisitRequest
from septam import audit, clock
from septam.digits import row_number, to_persian
from septam.durations import in_words
from septam.forms.base import PortalForm
from sites.models import Laboratory

NAME = "inspections_visitrequest_unassigned"


class WishForm(PortalForm, forms.Form):
    """Which of the waiting requests are listed."""

    lab = forms.TypedChoiceField(label=gettext_lazy("Laboratory"), coerce=int, required=False)
    city = forms.TypedChoiceField(
        label=gettext_lazy("City"), coerce=int, required=False, empty_value=None
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it waits"), coerce=int, required=False, empty_value=None
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    after = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    widths: ClassVar[dict[str, str]] = dict.fromkeys(("lab", "city", "days", "kind"), "medium")

    def __init__(self, data: QueryDict, laboratories: Sequence[Laboratory]) -> None:
        super().__init__(data)
        self._choose("lab", [(one.pk, one.name) for one in laboratories])
        everything = ("", _("All"))
        ages = [
            (days, _("More than %(days)s days") % {"days": to_persian(days)})
            for days in unassigned.AGES
        ]
        self._choose("days", [everything, *ages])
        self._choose("kind", [everything, *RequestKind.choices])
        self.laboratory = self._laboratory(laboratories)
        if len(laboratories) == 1:
            del self.fields["lab"]
        cities = unassigned.cities(self.laboratory.pk)
        self._choose("city", [everything, *((city.pk, city.label) for city in cities)])

    def _choose(self, name: str, choices: Sequence[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def _laboratory(self, laboratories: Sequence[Laboratory]) -> Laboratory:
        asked = self.data.get("lab", "")
        return next((one for one in laboratories if str(one.pk) == asked), laboratories[0])

    @property
    def wish(self) -> Wish:
        """What was chosen; what cannot be chosen counts for nothing."""
        self.is_valid()
        given = self.cleaned_data
        return Wish(
            given.get("city"), given.get("days"), given.get("kind") or "", given.get("after")
        )


class GiveForm(forms.Form):
    """Which requests, to whom."""

    expert = forms.IntegerField(
        error_messages={
            "required": gettext_lazy("Choose the expert who is to have them."),
            "invalid": gettext_lazy("Choose the expert who is to have them."),
        }
    )
    chosen = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("Choose at least one request.")}
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        # The workflow looks at each under its lock; here only numbers are let in, as many as a page holds.
        ids = data.getlist("chosen")[: unassigned.PAGE] if data else []
        chosen = cast(forms.TypedMultipleChoiceField, self.fields["chosen"])
        chosen.choices = [(one, one) for one in ids if row_number(one)]


class UnassignedPages:
    """For the admin of requests."""

    admin_site: Any
    page: Any

    def unassigned_urls(self) -> list[URLPattern]:
        """The one address, before Django's."""
        view = require_http_methods(["GET", "HEAD", "POST"])(self.unassigned_view)
        return [path("unassigned/", self.admin_site.admin_view(view), name=NAME)]

    def unassigned_view(self, request: HttpRequest) -> HttpResponse:
        """The list on GET; on POST gives what was chosen and says of each that was refused why. 403 for others."""
        laboratories = managed_laboratories(cast(User, request.user))
        if not laboratories:
            raise PermissionDenied
        wishes = WishForm(request.GET, laboratories)
        form = GiveForm(request.POST if request.method == "POST" else None)
        refused: list[tuple[VisitRequest, str]] = []
        if form.is_valid():
            given = self._give(request, form, wishes.laboratory)
            if given is not None and not given.refused:
                return redirect(request.get_full_path())
            refused = given.refused if given else []
        return self._show(request, wishes, form, refused)

    def _give(
        self, request: HttpRequest, form: GiveForm, laboratory: Laboratory
    ) -> workflow.Assigned | None:
        expert = User.objects.filter(pk=form.cleaned_data["expert"], is_staff=True).first()
        if expert is None:
            form.add_error("expert", _("Choose the expert who is to have them."))
            return None
        chosen = form.cleaned_data["chosen"]
        given = workflow.assign_many(chosen, expert, cast(User, request.user), laboratory.pk)
        if given.given:
            count = len(given.given)
            text = _("%(count)s requests were given to %(expert)s.")
            messages.success(request, text % {"count": to_persian(count), "expert": expert})
        return given

    def _show(
        self,
        request: HttpRequest,
        wishes: WishForm,
        form: GiveForm,
        refused: list[tuple[VisitRequest, str]],
    ) -> HttpResponse:
        laboratory = wishes.laboratory
        rows, more = unassigned.page_of(laboratory.pk, wishes.wish)
        audit.record(
            request.user.pk, "office.list", VisitRequest(), ids=[row.pk for row in rows], page="unassigned"
        )  # fmt: skip
        loads = load.of_laboratory(laboratory.pk)
        chosen = set(form.data.getlist("chosen")) if form.is_bound else set()  # type: ignore[attr-defined]
        context = {
            "form": form,
            "wishes": wishes,
            "laboratory": laboratory,
            "rows": [_row(row, chosen, all_rows="all" in request.GET) for row in rows],
            "loads": loads,
            "expert": form.data.get("expert", "") if form.is_bound else "",
            "refused": refused,
            "next_url": _address(request, after=str(rows[-1].pk)) if more else "",
            "first_url": _address(request) if wishes.wish.after else "",
            "all_url": _address(request, after=request.GET.get("after", ""), all="1"),
            "is_stopped": laboratory_choice.stopped([laboratory.pk]),
            "lacks_a_woman": not any(one.is_woman for one in loads)
            and unassigned.needs_a_woman(laboratory.pk),
        }
        title = _("Give requests to experts")
        return self.page(request, "admin/inspections/unassigned.html", title, **context)  # type: ignore[no-any-return]


def _row(visit: VisitRequest, chosen: set[str], *, all_rows: bool) -> dict[str, Any]:
    return {
        "visit": visit,
        "age": _age(visit.paid_at) if visit.paid_at else "",
        "category": visit.snapshot.get("category") or visit.place.category or "",
        "checked": all_rows or str(visit.pk) in chosen,
    }


def _age(since: datetime) -> str:
    waited = clock.now() - since
    if waited.days < 2:
        return in_words(waited.total_seconds())
    return _("%(days)s days") % {"days": to_persian(waited.days)}


def _address(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name in ("after", "all"):
        query.pop(name, None)
    for name, value in changed.items():
        if value:
            query[name] = value
    return f"{reverse(f'admin:{NAME}')}?{query.urlencode()}"


def managed_laboratories(user: User) -> list[Laboratory]:
    """Those whose work this person gives out; a superuser: all that work."""
    if user.is_superuser:
        return list(Laboratory.objects.filter(active=True))
    return list(Laboratory.objects.filter(pk__in=laboratory_ids(user, Role.LAB_MANAGER)))
