"""Reminders before a certificate ends: 30, 14, 7 days and the day before; none to who has renewed.

The day after it a notice says that it has ended.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.certificates.validity import last_day
from inspections.models import Certificate, CertificateState
from inspections.models.requests import PAID_OPEN
from notifications import daytime, notices, outbox
from septam import clock, jalali
from sites.place import Place, PlaceState, about_place

# Nearest end first: whoever missed an earlier reminder (worker down) gets the one that is due now.
DAYS_BEFORE = (1, 7, 14, 30)
# What a run takes of each kind.
BATCH = 5000
_PREFIX = "certificate.expiring:"
# An end that was missed is told for so many days.
_ENDED_WITHIN = 3


def remind() -> int:
    """Tell what is due, each reminder once; returns how many were new. Not at night."""
    if not daytime.is_now():
        return 0
    soon = sum(
        _tell_all(days, after) for days, after in zip(DAYS_BEFORE, (0, *DAYS_BEFORE), strict=False)
    )
    return soon + _tell_all(-1, -1 - _ENDED_WITHIN)


def _tell_all(days: int, after: int) -> int:
    told = notices.told("certificate.expired:") if days < 0 else notices.told(_PREFIX, f":{days}")
    rows = _ending(days, after).exclude(told).order_by("pk").values_list("pk", "place_id")
    return sum(_tell(pk, place_id, days, after) for pk, place_id in rows[:BATCH])


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
    )


def _tell(certificate_id: int, place_id: int, days: int, after: int) -> bool:
    with transaction.atomic():
        # Whoever pays for a renewal, gets the certificate or archives the place waits for this row, or has it.
        Place.objects.select_for_update(of=("self",), no_key=True).get(pk=place_id)
        found = _ending(days, after).select_related("owner").filter(pk=certificate_id).first()
        if found is None:
            return False
        return _tell_end(found) if days < 0 else _remind(found, days)


def _remind(certificate: Certificate, days: int) -> bool:
    owner, event = (
        certificate.owner,
        "certificate.last_day" if days == 1 else "certificate.expiring",
    )
    values, key = _facts(certificate), f"{_PREFIX}{certificate.pk}:{days}"
    if days == 1:
        title = _("Your certificate ends tomorrow")
        body = _(
            "The certificate of “%(place)s” is valid until tomorrow, %(date)s. Request a visit to renew it."
        )
    else:
        title = _("Your certificate is about to end")
        body = _(
            "The certificate of “%(place)s” is valid until %(date)s. Request a visit to renew it."
        )
    if not _notice(certificate, event, title, body, key):
        return False
    if owner.mobile:
        outbox.queue(
            event, owner.mobile, values, user_id=owner.pk, once_key=key,
            about=about_place(certificate.place_id), valid_until=daytime.end(),
        )  # fmt: skip
    return True


def _tell_end(certificate: Certificate) -> bool:
    body = _("The certificate of “%(place)s” ended on %(date)s. Request a visit for a new one.")
    key = f"certificate.expired:{certificate.pk}"
    return _notice(certificate, "certificate.expired", _("Your certificate has ended"), body, key)


def _notice(certificate: Certificate, event: str, title: str, body: str, key: str) -> bool:
    link = reverse("inspections:request_visit", args=[certificate.place_id])
    text = body % _facts(certificate)
    added = notices.add(certificate.owner_id, event, title, text, link, once_key=key)
    return added is not None


def _facts(certificate: Certificate) -> dict[str, str]:
    place = str(certificate.snapshot.get("title", ""))
    return {"place": place, "date": jalali.format_date(last_day(certificate))}
