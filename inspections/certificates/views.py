"""Pages of a certificate: the owner's with the holder's name, and what anybody may check."""

from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import limits
from accounts.models import User
from inspections import kinds, numbers
from inspections.answers import owner_of
from inspections.certificates import public_check, validity
from inspections.certificates.public_check import CheckForm, ExpertForm
from inspections.models import Certificate, CertificateState
from septam import clock, kept_files
from septam.kept_pages import same_for_visitors
from septam.shared_pages import kept_by_all
from septam.throttle import Limit, Verdict, hit

# A paper with a name on it stays out of every cache.
_NO_STORE = {"Cache-Control": "private, no-store"}


def _own_certificate(request: HttpRequest, number: str) -> Certificate:
    return get_object_or_404(Certificate.objects.visible_to(owner_of(request)), number=number)


@login_required
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The owner's page, made to be printed too."""
    found = _own_certificate(request, number)
    address = validity.public_address(found)
    context = validity.shown(found) | {
        "holder": found.snapshot.get("holder", ""),
        "follower": _follower(found, owner_of(request)),
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(border=2, light="#fff"),
        "is_issued": found.state == CertificateState.ISSUED,
        **_end_near(found),
    }
    return _with(_NO_STORE, render(request, "inspections/certificate.html", context))


def _end_near(found: Certificate) -> dict[str, Any]:
    """How many days are left of a valid certificate whose renewal may begin, and whether it is possible now."""
    today = clock.today()
    is_valid = validity.state_of(found, today) == validity.VALID
    if not is_valid or today < kinds.renewable_from(found):
        return {}
    left = (validity.last_day(found) - today).days
    return {
        "ends_soon": True,
        "days_left": left,
        "may_renew": not kinds.next_for(found.place).refusal,
    }


def _follower(found: Certificate, owner: User) -> str:
    """The number of the owner's own certificate that stands for it now; empty for an issued one."""
    if found.superseded_by_id is None:
        return ""
    mine = Certificate.objects.visible_to(owner).filter(pk=found.superseded_by_id)
    return mine.values_list("number", flat=True).first() or ""


@login_required
@require_safe
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The owner's paper."""
    found = _own_certificate(request, number)
    return _stream(request, found, found.pdf)


def _stream(request: HttpRequest, found: Certificate, paper: FieldFile) -> HttpResponseBase:
    """The paper from storage, or the page that says it is being made. 404 once it stands no longer."""
    if found.state != CertificateState.ISSUED:
        raise Http404
    if not paper:
        page = render(request, "inspections/pdf_in_making.html", status=202)
        return _with(_NO_STORE | {"Refresh": "5"}, page)
    return kept_files.answer(paper, f"septam-{found.number}.pdf", "application/pdf", _NO_STORE)


@require_safe
def public_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR and the share link lead to: no holder, no phone, no address."""
    verdict = _count(request, public_check.BY_CODE)
    if not verdict.allowed:
        return _wait(request, verdict)
    return _public_page(request, code=code)


@kept_by_all(public_check.version_of)
def _public_page(request: HttpRequest, code: str) -> HttpResponse:
    found = public_check.by_code(code)
    if found is None:
        return _unlisted(render(request, "inspections/unknown_certificate.html", status=404))
    context = validity.shown(found) | {
        "code": found.share_code,
        "is_issued": found.state == CertificateState.ISSUED,
    }
    page: HttpResponse = _unlisted(render(request, "inspections/public_certificate.html", context))
    return page


@require_safe
def public_certificate_pdf(request: HttpRequest, code: str) -> HttpResponseBase:
    """The paper without the holder's name."""
    verdict = _count(request, public_check.BY_CODE)
    if not verdict.allowed:
        return _wait(request, verdict)
    found = public_check.by_code(code)
    if found is None:
        raise Http404
    return _unlisted(_stream(request, found, found.public_pdf))


@require_safe
@same_for_visitors()
def check(request: HttpRequest) -> HttpResponse:
    """«استعلام گواهینامه»: by the number that is printed on it; the answer stands on the same page."""
    form = CheckForm(request.GET if "number" in request.GET else None)
    context: dict[str, Any] = {"form": form, "asked": False}
    # Whatever was typed counts: a program that guesses meets the limit also by wrong numbers.
    if form.is_bound and not (verdict := _count(request, public_check.BY_NUMBER)).allowed:
        return _wait(request, verdict)
    if code := numbers.as_share_code(request.GET.get("number", "")):
        # The code at the end of the address that the SMS carries: its page is what was meant.
        return _unlisted(redirect("inspections:public_certificate", code))
    if form.is_valid():
        found = public_check.by_number(form.cleaned_data["number"])
        context |= {"asked": True} | (validity.shown(found) if found else {})
    return _unlisted(render(request, "inspections/check.html", context))


@require_safe
@same_for_visitors()
def expert_check(request: HttpRequest) -> HttpResponse:
    """«استعلام کارشناس»: whose code this is, and whether that expert still works."""
    form = ExpertForm(request.GET if "code" in request.GET else None)
    context: dict[str, Any] = {"form": form, "asked": False}
    if form.is_bound and not (verdict := _count(request, public_check.OF_EXPERT)).allowed:
        return _wait(request, verdict)
    if form.is_valid():
        context |= {"asked": True, "expert": public_check.expert_of(form.cleaned_data["code"])}
    return render(request, "inspections/expert_check.html", context)


def _count(request: HttpRequest, limit: Limit) -> Verdict:
    return hit(limit, limits.address_key(request))


def _wait(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    message = _("There were too many checks from this network in a short time.")
    return limits.too_many(request, verdict, message)


def _with(headers: dict[str, str], response: HttpResponse) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response


def _unlisted(response: HttpResponseBase) -> Any:
    """Search engines keep out, and no link on the page tells its secret address."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
