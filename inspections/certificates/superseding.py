"""A certificate whose data were wrong is superseded by a corrected one of the same days; both stay."""

from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import numbers
from inspections.certificates import validity
from inspections.models import Certificate, CertificateState, VisitRequest
from inspections.refusals import NotAllowed
from inspections.visits import slips
from notifications import notices, outbox
from septam import audit, clock
from sites.place import Place


def why_shut(certificate: Certificate) -> str:
    """Why this certificate takes no correction at all; empty if it does."""
    if certificate.state != CertificateState.ISSUED or certificate.request_id is None:
        return _("Only an issued certificate can be corrected.")
    if validity.last_day(certificate) < clock.today():
        return _("This certificate has expired; another visit brings a new one.")
    return ""


@transaction.atomic
def supersede(
    certificate_id: int, actor: User, reason: str, corrections: Mapping[str, str]
) -> Certificate:
    """Issue the corrected certificate in the old one's place; the owner reads why. It ends when the old one would.

    Raises NotAllowed for one that is not issued, no reason, nothing corrected, or more than slips; Certificate.DoesNotExist.
    """
    place_id = Certificate.objects.values_list("place_id", flat=True).get(pk=certificate_id)
    Place.objects.select_for_update(of=("self",)).get(pk=place_id)
    old = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate_id)
    shut = why_shut(old)
    if shut:
        raise NotAllowed(shut)
    if not reason.strip():
        raise NotAllowed(_("Write why the certificate is corrected."))
    snapshot = old.snapshot | {
        name: corrections[name] for name in slips.NAMES if name in corrections
    }
    if snapshot == old.snapshot:
        raise NotAllowed(_("Nothing was corrected."))
    request = VisitRequest.objects.get(certificate=old)
    slips.require(request, _first_of(old).snapshot, snapshot)
    new = _replace(old, actor, snapshot, reason)
    audit.record(actor.pk, "certificate.supersede", old, by=new.pk)
    _tell_owner(old, new)
    return new


def _first_of(certificate: Certificate) -> Certificate:
    """The one that was issued after the visit: all that it corrects point at the one that stands."""
    corrected = Certificate.objects.filter(superseded_by=certificate)
    return corrected.order_by("pk").first() or certificate


def _replace(
    old: Certificate, actor: User, snapshot: dict[str, object], reason: str
) -> Certificate:
    """The new row; the old one gives up its request and its days first, as the constraints want it."""
    new = Certificate(
        number=numbers.certificate_number(), share_code=numbers.share_code(), request_id=old.request_id,
        place_id=old.place_id, owner_id=old.owner_id, laboratory_id=old.laboratory_id, level=old.level,
        validity=old.validity, snapshot=snapshot, signatory=old.signatory, issued_at=clock.now(), issued_by=actor,
        state=CertificateState.SUPERSEDED, superseded_at=clock.now(),
    )  # fmt: skip
    # Not issued yet and without its request: neither may stand twice, not even for a statement.
    new.request_id, request_id, new.superseded_by = None, old.request_id, old
    new.save(force_insert=True)
    old.state, old.superseded_at, old.request_id = CertificateState.SUPERSEDED, clock.now(), None
    old.superseded_by, old.superseded_reason = new, reason.strip()[:300]
    old.save(
        update_fields=["state", "superseded_at", "superseded_by", "superseded_reason", "request"]
    )
    Certificate.objects.filter(superseded_by=old).exclude(pk=new.pk).update(superseded_by=new)
    new.state, new.superseded_by, new.superseded_at = CertificateState.ISSUED, None, None
    new.request_id = request_id
    new.save(update_fields=["state", "superseded_by", "superseded_at", "request"])
    return new


def _tell_owner(old: Certificate, new: Certificate) -> None:
    owner, place = old.owner, str(new.snapshot.get("title", ""))
    outbox.withdraw(once_keys=[f"certificate.issued:{old.pk}"])
    if owner.mobile:
        outbox.queue(
            "certificate.superseded", owner.mobile, {"place": place}, user_id=owner.pk,
            once_key=f"certificate.superseded:{old.pk}",
        )  # fmt: skip
    body = _(
        "The certificate of “%(place)s” was corrected; another one stands for it. Reason: %(reason)s"
    )
    notices.add(
        owner.pk, "certificate.superseded", _("A certificate was corrected"),
        body % {"place": place, "reason": old.superseded_reason},
        reverse("inspections:certificate", args=[new.number]),
    )  # fmt: skip
