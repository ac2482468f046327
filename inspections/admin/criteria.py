"""Versions of the criteria: drafts are typed in, copied and published here; a published one is read-only for good."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from inspections.admin.criterion_form import CriterionForm
from inspections.criteria import versions as criteria_sets
from inspections.criteria.words import demand
from inspections.models import CriteriaSet, Criterion, ResultRule
from inspections.refusals import NotAllowed
from septam.office.base import OfficeModelAdmin, moment_column
from septam.office.names import CleanTexts
from septam.templatetags.persian import fa
from sites.models import Level

_PUBLISHED = moment_column("published_at", gettext_lazy("Published"))


class _OfUnpublishedSet:
    """Rows of a set are typed in until it is published."""

    def _is_open(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or obj.published_at is None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the set is published."""
        return self._is_open(request, obj) and super().has_add_permission(request, obj)  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the set is published."""
        return self._is_open(request, obj) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until the set is published."""
        return self._is_open(request, obj) and super().has_delete_permission(request, obj)  # type: ignore[misc]


class CriterionInline(_OfUnpublishedSet, CleanTexts, admin.StackedInline):
    """The items of a version: fields of a draft, sentences of a published one."""

    model = Criterion
    form = CriterionForm
    extra = 0
    fields = (
        ("code", "position"), "group", "title", ("kind", "unit"), "choices_text",
        ("demand_1", "demand_2"), ("demand_3", "demand_4"), ("severity", "photo"), "na_allowed", "help", "mending",
    )  # fmt: skip
    readonly_said = ("kind", "asked", "severity", "photo", "na_allowed", "help", "mending")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a published set what it says, in words."""
        return self.fields if self._is_open(request, obj) else self.readonly_said

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a published set all of it."""
        return () if self._is_open(request, obj) else self.readonly_said

    @admin.display(description=gettext_lazy("What each level asks"))
    def asked(self, item: Criterion) -> Any:
        """What each level demands."""
        demands = ((level.label, demand(item, level)) for level in Level)
        return format_html_join("، ", "{}: {}", (one for one in demands if one[1]))


class ResultRuleInline(_OfUnpublishedSet, admin.TabularInline):
    """How many items may fail."""

    model = ResultRule
    extra = 0
    max_num = len(Level)


@admin.register(CriteriaSet)
class CriteriaSetAdmin(OfficeModelAdmin):
    """Requests keep the version that their owner accepted; so a published one never changes."""

    change_form_template = "admin/inspections/criteriaset/change_form.html"
    list_display = ("version_fa", "title", _PUBLISHED, "is_sample")
    fields = ("version", "title", _PUBLISHED, "is_sample")
    readonly_fields = (_PUBLISHED,)
    inlines = (CriterionInline, ResultRuleInline)

    @admin.display(description=gettext_lazy("Version"), ordering="version")
    def version_fa(self, criteria: CriteriaSet) -> str:
        """In Persian digits."""
        return fa(criteria.version)

    def get_fields(self, request: HttpRequest, obj: CriteriaSet | None = None) -> Any:
        """The version of a published one in Persian digits."""
        if obj is None or obj.published_at is None:
            return self.fields
        return ("version_fa", *self.fields[1:])

    def get_readonly_fields(self, request: HttpRequest, obj: CriteriaSet | None = None) -> Any:
        """What is not typed."""
        return (*self.readonly_fields, "version_fa")

    def has_change_permission(self, request: HttpRequest, obj: CriteriaSet | None = None) -> bool:
        """Until it is published."""
        is_open = obj is None or obj.published_at is None
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: CriteriaSet | None = None) -> bool:
        """Until it is published."""
        is_open = obj is not None and obj.published_at is None
        return is_open and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """The pages that copy and publish, before Django's."""
        steps = {"copy": self.copy_view, "publish": self.publish_view}
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(view)),
                name=f"inspections_criteriaset_{name}",
            )
            for name, view in steps.items()
        ] + super().get_urls()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the way to the next version, or to the publication of this one."""
        found: CriteriaSet | None = kwargs.get("obj")
        if found is not None and self.has_add_permission(request):
            steps = [(_COPY, "copy")]
            if found.published_at is None:
                steps.append((_PUBLISH, "publish"))
            context["criteria_steps"] = [
                (label, reverse(f"admin:inspections_criteriaset_{name}", args=[found.pk]))
                for label, name in steps
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """«نسخه جدید از روی این نسخه»."""
        found = self._found(request, pk)
        if request.method != "POST":
            says = _("A draft of the next version is made with all items and rules of this one. Nothing is in force until you publish it.")  # fmt: skip
            return self._ask(request, found, _COPY, says=says)
        draft = criteria_sets.copy(found.pk, cast(User, request.user))
        messages.success(request, _("The draft is ready; change it and publish it."))
        return self._to(draft)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is missing and what differs, then the publication."""
        found = self._found(request, pk)
        if request.method == "POST" or found.published_at is not None:
            try:
                criteria_sets.publish(found.pk, cast(User, request.user))
            except NotAllowed as refusal:
                messages.error(request, refusal.reason)
                if found.published_at is not None:
                    return self._to(found)
            else:
                messages.success(request, _("“%(set)s” was published.") % {"set": found})
                return self._to(found)
        base = criteria_sets.latest_published()
        return self._ask(
            request, found, _PUBLISH, missing=criteria_sets.missing(found), base=base,
            differences=criteria_sets.differences(found, base) if base else [],
            says=_("New requests are held against it from then on, and nobody can change it any more. Requests that are open keep theirs."),
        )  # fmt: skip

    def _found(self, request: HttpRequest, pk: int) -> CriteriaSet:
        if not self.has_add_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _ask(
        self, request: HttpRequest, criteria: CriteriaSet, title: Any, **context: Any
    ) -> HttpResponse:
        back = reverse("admin:inspections_criteriaset_change", args=[criteria.pk])
        template = "admin/inspections/criteria_step.html"
        return self.page(
            request, template, title, criteria=criteria, back=back, form=forms.Form(), **context
        )

    def _to(self, criteria: CriteriaSet) -> HttpResponse:
        return redirect("admin:inspections_criteriaset_change", criteria.pk)


_COPY = gettext_lazy("New version from this one")
_PUBLISH = gettext_lazy("Publish for new requests")
