"""Reminders before a certificate ends: 30, 14, 7 days and the day before; none to who has renewed."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.certificates import last_day
from inspections.models import Certificate, CertificateState
from inspections.models.requests import PAID_OPEN
from inspections.reminders import DAYTIME
from notifications import notices, outbox
from septam import clock, jalali
from sites.place import PlaceState

# Nearest end first: whoever missed an earlier reminder (worker down) gets the one that is due now.
DAYS_BEFORE = (1, 7, 14, 30)


def remind() -> int:
    """Queue what is due, each reminder once; returns how many were new. Not at night."""
    if clock.in_tehran(clock.now()).hour not in DAYTIME:
        return 0
    return sum(
        _remind_all(days, after)
        for days, after in zip(DAYS_BEFORE, (0, *DAYS_BEFORE), strict=False)
    )


def _remind_all(days: int, after: int) -> int:
    return sum(_remind(certificate, days) for certificate in _ending(days, after).iterator())


def _ending(days: int, after: int) -> "QuerySet[Certificate]":
    """Certificates whose last day is more than `after` and at most `days` days away, not renewed."""
    today = clock.today()
    others = Certificate.objects.filter(
        place_id=OuterRef("place_id"), state=CertificateState.ISSUED
    )
    later = others.filter(validity__startswith__gte=OuterRef("validity__endswith"))
    return (
        Certificate.objects.filter(state=CertificateState.ISSUED)
        .filter(validity__endswith__gt=today + timedelta(days=after + 1))
        .filter(validity__endswith__lte=today + timedelta(days=days + 1))
        .exclude(place__state=PlaceState.ARCHIVED)
        .exclude(place__requests__status__in=PAID_OPEN)
        .exclude(Exists(later))
        .select_related("owner")
    )


@transaction.atomic
def _remind(certificate: Certificate, days: int) -> bool:
    owner, place = certificate.owner, str(certificate.snapshot.get("title", ""))
    if not owner.mobile:
        return False
    ends = jalali.format_date(last_day(certificate))
    event = "certificate.last_day" if days == 1 else "certificate.expiring"
    queued = outbox.queue(
        event, owner.mobile, {"place": place, "date": ends},
        user_id=owner.pk, once_key=f"certificate.expiring:{certificate.pk}:{days}",
    )  # fmt: skip
    if queued is None:
        return False
    body = _(
        "The certificate of “%(place)s” is valid until %(date)s. To renew it, request a visit in “My places”."
    )
    notices.add(owner.pk, event, _("Your certificate is about to end"),
                body % {"place": place, "date": ends}, reverse("portal:places"))  # fmt: skip
    return True
