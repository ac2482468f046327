"""The certificate: what the whole portal is for."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.models.requests import VisitRequest

if TYPE_CHECKING:
    from accounts.models import User


class CertificateState(models.TextChoices):
    """What is stored; valid, not yet begun and expired follow from the dates (Tehran)."""

    ISSUED = "issued", _("Issued")
    REVOKED = "revoked", _("Revoked")
    SUPERSEDED = "superseded", _("Superseded")


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Who may see which certificates."""

    def visible_to(self, user: "User") -> Self:
        """The owner's own."""
        return self.filter(owner_id=user.pk)

    def of_requests(
        self, requests: "models.QuerySet[VisitRequest] | Collection[VisitRequest]"
    ) -> Self:
        """Those of these requests, with the ones that they correct."""
        ours = models.Q(request__in=requests)
        return self.filter(ours | models.Q(superseded_by__request__in=requests))

    def standing_from(self, day: date) -> Self:
        """Issued, and valid on that day of Tehran or later."""
        return self.filter(state=CertificateState.ISSUED, validity__endswith__gt=day)


class Certificate(models.Model):
    """A time-limited certificate of a place; the last day of `validity` is included."""

    # 10 random digits and a check digit; printed in groups.
    number = models.CharField(_("Number"), max_length=11, unique=True)
    # The secret of /c/<code>: cannot be guessed, never listed.
    share_code = models.CharField(max_length=24, unique=True)
    # A certificate that corrects another takes its request over; the old one is found by `superseded_by`.
    request = models.OneToOneField(
        VisitRequest, models.PROTECT, null=True, related_name="certificate", verbose_name=_("Visit request")
    )  # fmt: skip
    place = models.ForeignKey("septam_sites.Place", models.PROTECT, related_name="certificates")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificates", db_index=False
    )
    laboratory = models.ForeignKey(
        "septam_sites.Laboratory",
        models.PROTECT,
        verbose_name=_("Laboratory"),
        db_index=False,
    )
    state = models.CharField(
        _("State"), max_length=10, choices=CertificateState.choices, default=CertificateState.ISSUED
    )
    level = models.PositiveSmallIntegerField(_("Level"))
    validity = DateRangeField()
    # Title, holder, category, city, … as certified; the page and the PDF show nothing else.
    snapshot = models.JSONField()
    signatory = models.CharField(_("Signatory"), max_length=80)
    issued_at = models.DateTimeField(_("Issued"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Issued by")
    )
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(_("Reason of the revocation"), max_length=300, blank=True)
    # The one that stands for it now: of a certificate that was corrected twice, the last.
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="supersedes", verbose_name=_("Superseded by")
    )  # fmt: skip
    superseded_at = models.DateTimeField(null=True)
    superseded_reason = models.CharField(_("Why it was superseded"), max_length=300, blank=True)
    # Made by the worker; empty until then. The public one does not name the holder.
    pdf = models.FileField(upload_to="certificates/%Y", blank=True)
    public_pdf = models.FileField(upload_to="certificates/public/%Y", blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Certificate")
        verbose_name_plural = _("Certificates")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="certificates_of_a_place_do_not_overlap",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(state="issued"),
            ),
            models.CheckConstraint(
                condition=models.Q(request__isnull=False)
                | models.Q(state="superseded", superseded_by__isnull=False),
                name="certificate_has_its_request_or_its_follower",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="certificate_owner"),
            # The office's list of a laboratory, and its filter by what is rare.
            models.Index(fields=["laboratory", "-id"], name="certificate_laboratory"),
            models.Index(fields=["laboratory", "state", "-id"], name="certificate_lab_state"),
            models.Index(
                fields=["state", "-id"],
                condition=~models.Q(state="issued"),
                name="certificate_ended",
            ),
            # What reminders of an end look for.
            models.Index(
                models.F("validity__endswith"),
                condition=models.Q(state="issued"),
                name="certificate_end",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(pdf="") | models.Q(public_pdf=""),
                name="certificate_pdf_due",
            ),
        ]

    def __str__(self) -> str:
        return self.number
