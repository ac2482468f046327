"""Declared conflicts of interest: an expert declares the own ones, the laboratory's manager those of its experts, and ends them."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.scope import has_role
from inspections.admin.calendar import experts_of
from inspections.laboratories import conflicts
from inspections.models import ConflictKind, ConflictOfInterest
from inspections.refusals import NotAllowed
from septam import identity
from septam.digits import to_persian
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField, PostalCodeField
from septam.office.base import OfficeModelAdmin, moment_column
from septam.templatetags.persian import fa
from septam.templatetags.ui import badge
from sites import search
from sites.models import Category, City


class ConflictForm(forms.ModelForm):
    """A person's number is typed once, and kept as a hash with its last digits."""

    postal_code = PostalCodeField(
        label=gettext_lazy("Postal code"), required=False, help_text=gettext_lazy("Of a place")
    )
    person = PersianCharField(
        label=gettext_lazy("National id or mobile"), required=False, max_length=20,
        help_text=gettext_lazy("Of an owner or a company; only its last digits are shown later."),
    )  # fmt: skip
    city = PersianCharField(
        label=gettext_lazy("City"), required=False, max_length=80,
        help_text=gettext_lazy("Its name; where several provinces have it, with the province before it"),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True), label=gettext_lazy("Category"), required=False
    )
    what = PersianCharField(
        label=gettext_lazy("What the interest is"), max_length=200,
        help_text=gettext_lazy("For example: sold the cameras of this place, or is a relative of its owner"),
    )  # fmt: skip

    class Meta:
        model = ConflictOfInterest
        fields = ["expert", "kind", "postal_code", "person", "city", "category", "what"]

    def clean_person(self) -> str:
        """The number in its stored form. Raises ValidationError for what is none."""
        typed = identity.compact(self.cleaned_data["person"] or "")
        if not typed:
            return ""
        for read in (identity.mobile, identity.national_id):
            try:
                return read(typed)
            except identity.Invalid:
                continue
        raise ValidationError(_("This is neither a national id nor a mobile number."))

    def clean_city(self) -> City | None:
        """The one city of this name. Raises ValidationError for an unknown or ambiguous one."""
        typed = self.cleaned_data["city"]
        if not typed:
            return None
        city = search.exact_city(typed)
        if city is None:
            raise ValidationError(_("No one city has this name; write the province before it."))
        return city

    def clean(self) -> dict[str, Any]:
        """What the kind is about must be there."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        needed: dict[str, str] = {ConflictKind.PLACE: "postal_code", ConflictKind.OWNER: "person"}
        name = needed.get(given.get("kind") or "")
        if name and not given.get(name) and name not in self.errors:
            self.add_error(name, _("Fill this in for the chosen kind."))
        if given.get("kind") == ConflictKind.TRADE and not (
            given.get("city") or given.get("category")
        ):
            self.add_error("city", _("Choose a city, a category or both."))
        return given


class EndForm(PortalForm, forms.Form):
    """Why a declaration counts no longer."""

    reason = PersianCharField(
        label=gettext_lazy("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(ConflictOfInterest)
class ConflictAdmin(OfficeModelAdmin):
    """A declaration is never changed or deleted; the laboratory's manager ends it with a reason."""

    form = ConflictForm
    list_display = (
        "expert",
        "subject_fa",
        "what",
        moment_column("declared_at", gettext_lazy("Declared")),
        "standing",
    )
    list_select_related = ("expert", "city__province", "category")
    select_fields = ("expert",)
    ordering = ("-id",)
    change_form_template = "admin/inspections/conflictofinterest/change_form.html"

    class Media:
        css: ClassVar = {"all": ["css/office.css"]}

    def visible_to_staff(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """By the experts whom this person may plan for."""
        return queryset.filter(expert__in=experts_of(request.user))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No other laboratory's expert can be chosen."""
        if db_field.name == "expert":
            kwargs["queryset"] = experts_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To type a new one; to read an old one."""
        if obj is None:
            return ConflictForm.Meta.fields
        declared, ended = (moment_column(*c) for c in _MOMENTS)
        return [
            "expert",
            "subject_fa",
            "what",
            declared,
            "declared_by",
            ended,
            "ended_by",
            "ended_reason",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of an old one."""
        return self.get_fields(request, obj) if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it is ended and declared anew."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one expert to choose, it is that one."""
        found = list(experts_of(request.user).values_list("pk", flat=True)[:2])
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return initial | ({"expert": found[0]} if len(found) == 1 else {})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Declared by who is signed in."""
        conflicts.prepare(obj, cast(User, request.user), form.cleaned_data["person"])
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("In what"))
    def subject_fa(self, declared: ConflictOfInterest) -> Any:
        """In Persian digits."""
        return fa(declared.subject)

    @admin.display(description=gettext_lazy("State"))
    def standing(self, declared: ConflictOfInterest) -> Any:
        """Whether it counts."""
        return badge(_("Ended"), "neutral") if declared.ended_at else badge(_("In force"), "act")

    def get_urls(self) -> list[URLPattern]:
        """The page that ends one, before Django's."""
        view = self.admin_site.admin_view(self.end_view)
        return [
            path("<int:pk>/end/", view, name="inspections_conflictofinterest_end"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the button that ends it, for who may."""
        found: ConflictOfInterest | None = kwargs.get("obj")
        if found is not None and found.ended_at is None and _may_end(request.user):
            context["end_url"] = reverse(
                "admin:inspections_conflictofinterest_end", args=[found.pk]
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asked on GET, done on POST. 404 outside one's scope, 403 for any but a laboratory's manager."""
        if not _may_end(request.user):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404
        back = reverse("admin:inspections_conflictofinterest_change", args=[pk])
        form = EndForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                conflicts.end(pk, cast(User, request.user), form.cleaned_data["reason"])
            except NotAllowed as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, _("The declaration was ended."))
                return redirect(back)
        return self.page(
            request, "admin/inspections/end_conflict.html", _("End the declaration"), declared=found,
            subject=to_persian(found.subject), form=form, back=back,
        )  # fmt: skip


_MOMENTS = (("declared_at", gettext_lazy("Declared")), ("ended_at", gettext_lazy("Ended")))


def _may_end(user: Any) -> bool:
    """An expert does not clear himself."""
    return has_role(user, Role.LAB_MANAGER)
