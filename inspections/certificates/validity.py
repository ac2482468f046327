"""What a certificate says of itself on a day, and the one way to take it back.

A certificate is issued by :func:`inspections.certificates.issuing.issue`, inside the workflow's transaction.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from inspections.models import Certificate, CertificateState
from inspections.refusals import NotAllowed
from notifications import notices, outbox
from septam import audit, clock
from sites.place import Place, about_place


@dataclass(frozen=True)
class Standing:
    """How a certificate stands: a code, its Persian label, and the badge's tone."""

    code: str
    label: str | Promise
    tone: str

    @property
    def is_valid(self) -> bool:
        """Whether the place is certified on that day."""
        return self.code == "valid"


VALID = Standing("valid", gettext_lazy("Certificate valid"), "good")
NOT_BEGUN = Standing("not_begun", gettext_lazy("Certificate not yet begun"), "wait")
EXPIRED = Standing("expired", gettext_lazy("Certificate expired"), "act")
REVOKED = Standing("revoked", gettext_lazy("Certificate revoked"), "bad")
SUPERSEDED = Standing("superseded", gettext_lazy("Certificate superseded"), "neutral")


def state_of(certificate: Certificate, day: date) -> Standing:
    """How the certificate stands on a day of Tehran; its first and last days are valid ones."""
    if certificate.state == CertificateState.REVOKED:
        return REVOKED
    if certificate.state == CertificateState.SUPERSEDED:
        return SUPERSEDED
    if day < first_day(certificate):
        return NOT_BEGUN
    return VALID if day <= last_day(certificate) else EXPIRED


def first_day(certificate: Certificate) -> date:
    """The first day on which it is valid."""
    return cast(date, certificate.validity.lower)


def last_day(certificate: Certificate) -> date:
    """The last day on which it is valid (the stored range ends before the next)."""
    return cast(date, certificate.validity.upper) - timedelta(days=1)


def grouped(number: str) -> str:
    """The number as it is printed and read out: 123 4567 8901."""
    return f"{number[:3]} {number[3:7]} {number[7:]}"


def public_address(certificate: Certificate) -> str:
    """The whole address of the public check, for the QR and the share link."""
    path = reverse("inspections:public_certificate", args=[certificate.share_code])
    return f"{settings.BASE_URL}{path}"


def shown(certificate: Certificate) -> dict[str, Any]:
    """What the pages and the PDF show of any certificate; the holder's name is not among it."""
    return {
        "certificate": certificate,
        "data": {name: value for name, value in certificate.snapshot.items() if name != "holder"},
        "number": grouped(certificate.number),
        "standing": state_of(certificate, clock.today()),
        "first_day": first_day(certificate),
        "last_day": last_day(certificate),
    }


def why_not_revoked(certificate: Certificate) -> str:
    """Why this certificate cannot be taken back; empty if it can."""
    if certificate.state != CertificateState.ISSUED:
        return _("Only an issued certificate can be revoked.")
    return ""


@transaction.atomic
def revoke(certificate_id: int, actor: User, reason: str) -> Certificate:
    """Take an issued certificate back; the owner reads why. Raises NotAllowed, Certificate.DoesNotExist."""
    # The place first, in the order of locks: a reminder of this certificate waits for it.
    place_id = Certificate.objects.values_list("place_id", flat=True).get(pk=certificate_id)
    Place.objects.select_for_update(of=("self",)).get(pk=place_id)
    certificate = Certificate.objects.select_for_update().get(pk=certificate_id)
    shut = why_not_revoked(certificate)
    if shut:
        raise NotAllowed(shut)
    if not reason.strip():
        raise NotAllowed(_("Write why the certificate is revoked."))
    certificate.state, certificate.revoked_at = CertificateState.REVOKED, clock.now()
    certificate.revoked_reason = reason.strip()[:300]
    certificate.save(update_fields=["state", "revoked_at", "revoked_reason"])
    audit.record(actor.pk, "certificate.revoke", certificate)
    _tell_owner(certificate)
    return certificate


def _tell_owner(certificate: Certificate) -> None:
    outbox.withdraw(about=about_place(certificate.place_id))
    _queue_sms(certificate)
    body = _("The certificate of “%(place)s” was revoked. Reason: %(reason)s")
    values = {"place": certificate.snapshot.get("title", ""), "reason": certificate.revoked_reason}
    link = reverse("inspections:certificate", args=[certificate.number])
    notices.add(
        certificate.owner_id,
        "certificate.revoked",
        _("A certificate was revoked"),
        body % values,
        link,
    )


def _queue_sms(certificate: Certificate) -> None:
    owner, issued = certificate.owner, f"certificate.issued:{certificate.pk}"
    outbox.withdraw(once_keys=[issued])
    if owner.mobile:
        outbox.queue(
            "certificate.revoked", owner.mobile, {"place": str(certificate.snapshot.get("title", ""))},
            user_id=owner.pk, once_key=f"certificate.revoked:{certificate.pk}",
        )  # fmt: skip
