"""Which places need not pay for their cloud service again with the visit that stands in the cart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q

from billing.models import LineKind, OrderLine, OrderState
from inspections.certificates.validity import last_day
from inspections.difference import UNPAID
from inspections.models import Certificate, RequestKind, RequestStatus, VisitRequest
from septam import jalali

_AGAIN = (RequestKind.REVISIT, RequestKind.REPEAT)
# Of cancelled ones only those are looked at whose difference was not paid: nothing of them went back.
_WITHOUT_CERTIFICATE = (
    RequestStatus.NONCONFORMING, RequestStatus.NO_SHOW, RequestStatus.CANCELLED,
)  # fmt: skip


@dataclass(frozen=True)
class _Paid:
    """One cloud service that was paid for; lines of before the periods have no product and no months."""

    place_id: int
    status: str
    product_id: int | None
    months: int | None
    paid_at: datetime


def already_paid(requests: Iterable[VisitRequest], day: date) -> set[int]:
    """The requests whose cloud service is not charged on a day of Tehran; category and place are loaded.

    A re-visit or a repeated visit does not pay again for what was paid with a visit that ended without a certificate.
    A renewal does not while what was paid covers the whole next certificate; periods bought one after the other add up.
    """
    asked = [request for request in requests if _may_be_paid(request)]
    if not asked:
        return set()
    paid = _paid_services({request.place_id for request in asked})
    renewals = [request for request in asked if request.kind == RequestKind.RENEWAL]
    ends = _certificate_ends(renewals) if paid else {}
    return {
        request.pk
        for request in asked
        if (mine := _of_the_same_service(request, paid))
        and (
            mine[-1].status in _WITHOUT_CERTIFICATE
            if request.kind in _AGAIN
            else _paid_until(mine) >= _next_end(request, ends, day)
        )
    }


def _may_be_paid(request: VisitRequest) -> bool:
    again = request.kind in (*_AGAIN, RequestKind.RENEWAL)
    return again and request.place.cloud_product_id is not None


def _paid_services(place_ids: set[int]) -> list[_Paid]:
    lines = OrderLine.objects.filter(
        request__place_id__in=place_ids, kind=LineKind.CLOUD, order__state=OrderState.PAID
    ).exclude(Q(request__status=RequestStatus.CANCELLED) & ~Q(request__reason=UNPAID))
    columns = ("request__place_id", "request__status", "product_id", "months", "order__paid_at")
    return [_Paid(*row) for row in lines.order_by("pk").values_list(*columns)]


def _of_the_same_service(request: VisitRequest, paid: Iterable[_Paid]) -> list[_Paid]:
    wanted = (None, request.place.cloud_product_id)
    return [one for one in paid if one.place_id == request.place_id and one.product_id in wanted]


def _paid_until(paid: Iterable[_Paid]) -> date:
    until = date.min
    for one in paid:
        begins = max(until, jalali.day_of(one.paid_at))
        until = jalali.add_months(begins, one.months or 0)
    return until


def _certificate_ends(renewals: Iterable[VisitRequest]) -> dict[int, date]:
    previous = [request.previous_id for request in renewals]
    found = Certificate.objects.filter(request_id__in=previous)
    return {one.request_id: last_day(one) for one in found if one.request_id is not None}


def _next_end(request: VisitRequest, ends: dict[int, date], day: date) -> date:
    category = request.place.category
    if category is None:
        return date.max
    begins = max(day, ends.get(request.previous_id or 0, day))
    return jalali.add_months(begins, settings.VALIDITY_MONTHS[category.level])
