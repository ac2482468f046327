"""Certificates in the office: to look at, and for their laboratory's manager to revoke."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, StaffAssignment, User
from accounts.scope import laboratory_ids
from accounts.second_factor.asking_again import PasswordAgainForm
from inspections import scope
from inspections.admin import export_columns
from inspections.certificates import superseding, validity
from inspections.models import Certificate, CertificateState, VisitRequest
from inspections.refusals import NotAllowed
from inspections.visits import slips
from septam import clock, kept_files
from septam.digits import is_number
from septam.exports.columns import Column
from septam.exports.from_lists import ListExports
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField, PostalCodeField, check_readable
from septam.identity import compact
from septam.office.base import ReadOnlyAdmin
from septam.templatetags.persian import code, fa, jdate
from septam.templatetags.ui import badge
from septam.text import search_key
from sites.models import Level


class RevokeForm(PortalForm, PasswordAgainForm):
    """Why a certificate is taken back."""

    reason = PersianCharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The owner reads it; the public check shows only that it is revoked."),
    )  # fmt: skip


class SupersedeForm(PortalForm, PasswordAgainForm):
    """What a certificate says of the place, to be corrected, and why."""

    title = PersianCharField(
        label=gettext_lazy("Title of the place"), max_length=80, validators=[check_readable],
        help_text=gettext_lazy("Only slips of the pen are mended: of title, sign, holder and postal code at most two may differ from what was visited, holder and postal code never both, and of the postal code at most three digits."),
    )  # fmt: skip
    sign_name = PersianCharField(
        label=gettext_lazy("Name on the sign"), max_length=80, required=False,
        validators=[check_readable],
    )  # fmt: skip
    holder = PersianCharField(
        label=gettext_lazy("Holder of the licence"), max_length=120, validators=[check_readable]
    )
    postal_code = PostalCodeField(label=gettext_lazy("Postal code"))
    reason = PersianCharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The owner reads it. Both certificates are kept; the public check shows the old one as superseded."),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, certificate: Certificate) -> None:
        kept = {name: certificate.snapshot.get(name, "") for name in slips.NAMES}
        super().__init__(request, request.POST if request.method == "POST" else None, initial=kept)

    def corrections(self) -> dict[str, str]:
        """What stands in the fields now, by name."""
        return {name: self.cleaned_data[name] or "" for name in slips.NAMES}


@admin.register(Certificate)
class CertificateAdmin(ListExports, ReadOnlyAdmin):
    """Who sees the request sees its certificate."""

    personal = True
    grows = True
    change_form_template = "admin/inspections/certificate/change_form.html"
    list_display = ("number_fa", "standing", "place_title", "laboratory", "first_fa", "last_fa")
    list_select_related = ("laboratory",)
    list_filter = ("state",)
    ordering = ("-id",)
    search_fields = ("number",)
    search_help_text = gettext_lazy("Number of the certificate, or part of the place's name")
    # Not the share code: whoever has it has the public page.
    fields = (
        "number_fa", "standing", "place_title", "holder", "category", "level_fa", "laboratory", "signatory",
        "first_fa", "last_fa", "issued_by", "revoked_reason", "superseded_by", "superseded_reason", "request",
    )  # fmt: skip
    readonly_fields = (
        "number_fa",
        "standing",
        "place_title",
        "holder",
        "category",
        "level_fa",
        "first_fa",
        "last_fa",
    )

    class Media:
        css: ClassVar = {"all": ["css/office.css"]}

    def visible_to_staff(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Those of the visible requests; laboratory first, which an index knows."""
        if scope.sees_all(request.user):  # type: ignore[arg-type]
            return queryset
        roles = dict(
            StaffAssignment.objects.filter(user_id=request.user.pk or 0, active=True).values_list(
                "laboratory_id", "role"
            )
        )
        queryset = queryset.filter(laboratory_id__in=list(roles))
        if set(roles.values()) == {Role.LAB_MANAGER}:
            return queryset
        visible = scope.visible_to_staff(VisitRequest.objects.all(), request.user)  # type: ignore[arg-type]
        return queryset.of_requests(visible)  # type: ignore[attr-defined, no-any-return]

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        """By role."""
        return export_columns.of_certificates(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By number, or by the place's name at payment."""
        number = compact(search_term)
        if is_number(number):
            return queryset.filter(number=number), False
        key = search_key(search_term)
        return (queryset.filter(request__search_key__holds=key) if key else queryset), False

    @admin.display(description=gettext_lazy("Number"))
    def number_fa(self, certificate: Certificate) -> Any:
        """In groups."""
        return code(fa(validity.grouped(certificate.number)))

    @admin.display(description=gettext_lazy("State"))
    def standing(self, certificate: Certificate) -> Any:
        """As it stands today."""
        found = validity.state_of(certificate, clock.today())
        return badge(found.label, found.tone)

    @admin.display(description=gettext_lazy("Place"))
    def place_title(self, certificate: Certificate) -> str:
        """As certified."""
        return str(certificate.snapshot.get("title", ""))

    @admin.display(description=gettext_lazy("Holder of the licence"))
    def holder(self, certificate: Certificate) -> str:
        """As certified."""
        return str(certificate.snapshot.get("holder", ""))

    @admin.display(description=gettext_lazy("Category"))
    def category(self, certificate: Certificate) -> str:
        """As certified."""
        return str(certificate.snapshot.get("category", ""))

    @admin.display(description=gettext_lazy("Level"))
    def level_fa(self, certificate: Certificate) -> str:
        """By its name, as certified."""
        return str(Level(certificate.level).label)

    @admin.display(description=gettext_lazy("Issue date"))
    def first_fa(self, certificate: Certificate) -> Any:
        """The first day of validity."""
        return jdate(validity.first_day(certificate))

    @admin.display(description=gettext_lazy("Expiry date"))
    def last_fa(self, certificate: Certificate) -> Any:
        """The last day of validity."""
        return jdate(validity.last_day(certificate))

    def get_urls(self) -> list[URLPattern]:
        """The pages that revoke and correct, before Django's."""
        view = self.admin_site.admin_view
        supersede = view(self.supersede_view)
        return [
            path("<int:pk>/revoke/", view(self.revoke_view), name="inspections_certificate_revoke"),
            path("<int:pk>/supersede/", supersede, name="inspections_certificate_supersede"),
            path("<int:pk>/paper/", view(self.paper_view), name="inspections_certificate_paper"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the buttons that revoke and correct, for who may."""
        found: Certificate | None = kwargs.get("obj")
        if found is not None and found.pdf:
            context["paper_url"] = reverse("admin:inspections_certificate_paper", args=[found.pk])
        if found is not None and may_revoke(cast(User, request.user), found):
            context["revoke_url"] = reverse("admin:inspections_certificate_revoke", args=[found.pk])
            name = "admin:inspections_certificate_supersede"
            context["supersede_url"] = reverse(name, args=[found.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def paper_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The owner's paper as it was issued, also of one that stands no longer; noted as a look. 404 outside one's scope."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found: Certificate | None = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404
        if not found.pdf:
            messages.info(request, _("The PDF is being made; try again in a moment."))
            return redirect("admin:inspections_certificate_change", found.pk)
        self.log_view(request, found, page="paper")
        private = {"Cache-Control": "private, no-store"}
        return kept_files.answer(
            found.pdf, f"septam-{found.number}.pdf", "application/pdf", private
        )

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asked on GET, done on POST. 404 outside one's scope, 403 for any but the laboratory's manager."""
        found = self._managed(request, pk)
        shut = validity.why_not_revoked(found)
        if shut and request.method != "POST":
            return _back_with(request, found, shut)
        form = RevokeForm(request, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                validity.revoke(found.pk, cast(User, request.user), form.cleaned_data["reason"])
            except NotAllowed as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, _("The certificate was revoked."))
                return redirect("admin:inspections_certificate_change", found.pk)
        back = reverse("admin:inspections_certificate_change", args=[found.pk])
        return self.page(
            request, "admin/inspections/revoke.html", _("Revoke the certificate"), certificate=found,
            form=form, back=back, is_danger=True,
        )  # fmt: skip

    def _managed(self, request: HttpRequest, pk: int) -> Certificate:
        found: Certificate | None = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404
        if not manages(cast(User, request.user), found):
            raise PermissionDenied
        return found

    def supersede_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """As the page that revokes: the data as certified, to be corrected, and why."""
        found = self._managed(request, pk)
        shut = superseding.why_shut(found)
        if shut and request.method != "POST":
            return _back_with(request, found, shut)
        form = SupersedeForm(request, found)
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = superseding.supersede(
                    found.pk, cast(User, request.user), given["reason"], form.corrections()
                )
            except NotAllowed as refusal:
                form.add_error(refusal.field or None, refusal.reason)
            else:
                messages.success(request, _("The corrected certificate was issued."))
                return redirect("admin:inspections_certificate_change", made.pk)
        back = reverse("admin:inspections_certificate_change", args=[found.pk])
        return self.page(
            request, "admin/inspections/revoke.html", _("Correct the certificate"), certificate=found,
            form=form, back=back, is_danger=True,
        )  # fmt: skip


def _back_with(request: HttpRequest, certificate: Certificate, reason: str) -> HttpResponse:
    """To the certificate with the reason, before anything is typed; a form that was sent keeps its words and hears it there."""
    messages.error(request, reason)
    return redirect("admin:inspections_certificate_change", certificate.pk)


def manages(user: User, certificate: Certificate) -> bool:
    """Whether the person manages the laboratory that issued it."""
    return user.is_superuser or certificate.laboratory_id in laboratory_ids(user, Role.LAB_MANAGER)


def may_revoke(user: User, certificate: Certificate) -> bool:
    """Whether the button is shown."""
    return certificate.state == CertificateState.ISSUED and manages(user, certificate)
