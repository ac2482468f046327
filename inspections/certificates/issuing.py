"""The row of a new certificate: number, level, dates and the data that it certifies for good."""

from datetime import date, timedelta

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.holder import holder_of
from inspections import numbers
from inspections.certificates import validity
from inspections.models import Certificate, CertificateState, VisitReport, VisitRequest
from septam import clock, jalali


def issue(request: VisitRequest, report: VisitReport) -> Certificate:
    """Issue the certificate of an endorsed report, inside the workflow's transaction (place locked).

    It begins today, or the day after a certificate that is still valid ends (an early renewal), and lasts the
    Jalali months of its level, the last day included.
    """
    level, signed_by = report.level, report.endorsed_by
    if signed_by is None:
        raise ValueError("nobody stands by this report")
    starts = _first_day(request.place_id)
    last = jalali.add_months(starts, settings.VALIDITY_MONTHS[level])
    return Certificate.objects.create(
        number=numbers.certificate_number(), share_code=numbers.share_code(), request=request,
        place_id=request.place_id, owner_id=request.owner_id, laboratory_id=request.laboratory_id, level=level,
        # As the database gives it back: the object just made is asked for its last day too.
        validity=DateRange(starts, last + timedelta(days=1), "[)"), snapshot=_certified_data(request, report),
        signatory=request.laboratory.signatory or settings.CERTIFICATE_SIGNER,
        issued_at=clock.now(), issued_by=signed_by,
    )  # fmt: skip


def _first_day(place_id: int) -> date:
    today = clock.today()
    issued = Certificate.objects.filter(place_id=place_id, state=CertificateState.ISSUED)
    running = issued.filter(validity__endswith__gt=today).order_by("-validity__endswith").first()
    return validity.last_day(running) + timedelta(days=1) if running else today


# What a certificate says of the place. It may hang on a wall: no address, no phone, no national id.
_CERTIFIED = (
    "title", "sign_name", "category", "category_id", "category_code", "city", "province", "city_label",
    "postal_code", "area",
)  # fmt: skip


def _certified_data(request: VisitRequest, report: VisitReport) -> dict[str, str | int]:
    """The data as paid for, with what the expert measured in place of what the owner wrote."""
    data = {name: request.snapshot[name] for name in _CERTIFIED if name in request.snapshot}
    data["holder"] = request.snapshot.get("holder_name") or holder_of(request.owner).name
    data["laboratory"] = request.laboratory.name
    if report.measured_area is not None:
        data["area"] = f"{report.measured_area:f}"
    if report.true_category is not None:
        category = report.true_category
        data |= {
            "category": category.name,
            "category_id": category.pk,
            "category_code": category.code,
        }
    return data
