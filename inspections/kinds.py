"""Which kind of request a place's owner may open now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from inspections.certificates.validity import last_day
from inspections.difference import UNPAID
from inspections.models import (
    Certificate,
    CertificateState,
    RequestKind,
    RequestStatus,
    VisitReport,
    VisitRequest,
)
from inspections.models.requests import LIVE
from inspections.visits import slips
from septam import clock, jalali
from septam.postgres.prepared import Prepared
from sites import snapshots
from sites.models import Place

_IS_LIVE = ExpressionWrapper(Q(status__in=LIVE), BooleanField())
# A late payment may have brought an older one back to life: a live one goes first.
_LAST = Prepared(
    lambda place_id: (
        VisitRequest.objects.filter(place_id=place_id)  # type: ignore[misc]
        .exclude(Q(status=RequestStatus.CANCELLED) & ~Q(reason=UNPAID))
        .order_by(_IS_LIVE.desc(), "-id")[:1]
    )
)


@dataclass(frozen=True)
class Opening:
    """The kind of the next request and the one it follows; `refusal` says why there can be none yet."""

    kind: RequestKind
    previous: VisitRequest | None = None
    refusal: str = ""

    @property
    def live(self) -> VisitRequest | None:
        """The request in progress that stands in the way."""
        return self.previous if self.previous and self.previous.status in LIVE else None


def next_for(place: Place) -> Opening:
    """What a new request of the place would be: first, re-visit, repeat or renewal. A live request refuses it."""
    last = _LAST.first(place.pk)
    if last is None:
        return Opening(RequestKind.FIRST)
    # Neither visit led anywhere by its owner's doing: another one costs the full fee.
    if last.status in (RequestStatus.NO_SHOW, RequestStatus.CANCELLED):
        return Opening(RequestKind.REPEAT, last)
    if last.status == RequestStatus.NONCONFORMING:
        return _after_defects(place, last)
    if last.status == RequestStatus.CERTIFIED:
        return _after_certificate(last)
    return Opening(RequestKind(last.kind), last, _("This place has a request in progress."))


def why_not_visited(place: Place) -> str:
    """Why the laboratory of the place (it is loaded) takes no visit now; empty where it does."""
    if place.laboratory is None or place.laboratory.is_open(clock.today()):
        return ""
    text = _("“%(laboratory)s” visits nobody at present. Choose another laboratory for the place.")
    return text % {"laboratory": place.laboratory.name}


def _after_defects(place: Place, last: VisitRequest) -> Opening:
    """A re-visit while its fee holds and the place is what was visited; another shop takes a whole visit."""
    is_in_time = clock.today() <= revisit_until(last)
    if is_in_time and slips.is_one_shop(last, snapshots.of(place)):
        return Opening(RequestKind.REVISIT, last)
    return Opening(RequestKind.FIRST, last)


def revisit_until(request: VisitRequest) -> date:
    """The last day on which the re-visit fee holds, counted from the report."""
    mend_by = (
        VisitReport.objects.filter(request_id=request.pk).values_list("mend_by", flat=True).first()
    )
    return window_end(mend_by, request.status_changed_at)


def late_revisits(requests: Iterable[VisitRequest], day: date) -> set[int]:
    """The re-visits among these whose time, counted from the report, is over on a day of Tehran (their ids)."""
    wanted = {r.pk: r.previous_id or 0 for r in requests if r.kind == RequestKind.REVISIT}
    if not wanted:
        return set()
    before = VisitRequest.objects.filter(pk__in=wanted.values())
    found = before.values_list("pk", "report__mend_by", "status_changed_at")
    ends = {pk: window_end(mend_by, ended_at) for pk, mend_by, ended_at in found}
    return {pk for pk, previous in wanted.items() if previous in ends and ends[previous] < day}


def other_shops(requests: Iterable[VisitRequest]) -> set[int]:
    """The re-visits among these whose place is no longer what was visited (their ids); the places are loaded."""
    return {one.pk for one in requests if one.kind == RequestKind.REVISIT and _is_another(one)}


def _is_another(request: VisitRequest) -> bool:
    before = request.previous
    return before is not None and not slips.is_one_shop(before, snapshots.of(request.place))


def window_end(mend_by: date | None, ended_at: datetime) -> date:
    """The same for a request whose report says `mend_by` (where it was read) and which failed at `ended_at`."""
    return mend_by or jalali.day_of(ended_at) + timedelta(days=settings.REVISIT_DAYS)


def _after_certificate(last: VisitRequest) -> Opening:
    certificate = Certificate.objects.filter(request_id=last.pk).first()
    if certificate is None or certificate.state != CertificateState.ISSUED:
        return Opening(RequestKind.FIRST, last)
    day = renewable_from(certificate)
    if clock.today() >= day:
        return Opening(RequestKind.RENEWAL, last)
    refusal = _("The certificate is valid; it can be renewed from %(day)s.") % {
        "day": jalali.format_date(day)
    }
    return Opening(RequestKind.RENEWAL, last, refusal)


def renewable_from(certificate: Certificate) -> date:
    """The first day of the renewal window."""
    return last_day(certificate) - timedelta(days=settings.RENEWAL_DAYS)
