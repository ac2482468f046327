"""What a row of the lists of requests and certificates is in a file, by whoever takes it out."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import CharField, DateField, F, Func, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat, NullIf
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.scope import has_role
from inspections.models import CertificateState, ReportOutcome, RequestKind, RequestStatus
from septam.exports.columns import Column, moment
from sites.models import Level

# As on the list: the number for coordination where the owner gave one, for all; experts and laboratories learn no other.
PHONE = Coalesce(
    NullIf("owner__profile__coordination_phone", Value("")), "owner__mobile", Value("")
)


def _name(path: str) -> Concat:
    return Concat(f"{path}__first_name", Value(" "), f"{path}__last_name", output_field=CharField())


def _kept(name: str, path: str = "snapshot") -> KeyTextTransform:
    """What the snapshot holds, as text."""
    return KeyTextTransform(name, path)


def of_requests(request: HttpRequest) -> Sequence[Column]:
    """Facts of the visit; who the owner is only for those who serve owners."""
    columns = [
        Column(_("Tracking number"), "number"),
        Column(_("Status"), "status", RequestStatus),
        Column(_("Kind"), "kind", RequestKind),
        Column(
            _("Place"),
            Coalesce(
                NullIf(_kept("title"), Value(""), output_field=TextField()),
                "place__title",
                output_field=TextField(),
            ),
        ),
        Column(_("Category"), _kept("category")),
        Column(_("Province"), "province__name"),
        Column(_("City"), "city__name"),
        Column(_("Postal code"), _kept("postal_code")),
        Column(_("Exact address"), _kept("address")),
        Column(_("Laboratory"), "laboratory__name"),
        Column(_("Expert"), _name("assigned_expert")),
        Column(_("Phone for coordination"), PHONE),
        moment(_("Created"), "created_at"),
        moment(_("Paid"), "paid_at"),
        moment(_("In this status since"), "status_changed_at"),
        moment(_("Visit time"), "visit_at"),
        moment(_("Report handed in"), "report__submitted_at"),
        Column(_("Outcome"), "report__outcome", ReportOutcome),
        moment(_("Result told"), "report__endorsed_at"),
    ]
    if has_role(request.user, Role.SUPPORT, Role.MANAGER):
        columns += [Column(_("Owner"), _name("owner")), Column(_("Mobile of the owner"), "owner__mobile")]  # fmt: skip
    return columns


def of_certificates(request: HttpRequest) -> Sequence[Column]:
    """What stands on a certificate; never the code of its public page."""
    return [
        Column(_("Number"), "number"),
        Column(_("State"), "state", CertificateState),
        Column(_("Place"), _kept("title")),
        Column(_("Holder of the licence"), _kept("holder")),
        Column(_("Category"), _kept("category")),
        Column(_("Level"), "level", convert=lambda level: Level(level).label),
        Column(_("Province"), "request__province__name"),
        Column(_("City"), "request__city__name"),
        Column(_("Laboratory"), "laboratory__name"),
        Column(_("Signatory"), "signatory"),
        Column(_("Tracking number"), "request__number"),
        moment(_("Issue date"), _bound("lower")),
        moment(_("Expiry date"), _bound("upper"), convert=_day_before),
        moment(_("Time of issue"), "issued_at"),
        moment(_("Time of revocation"), "revoked_at"),
        Column(_("Reason of the revocation"), "revoked_reason"),
    ]


def _bound(which: str) -> Func:
    return Func(F("validity"), function=which, output_field=DateField())


def _day_before(day: date) -> date:
    """A range is kept with the day after its last one."""
    return day - timedelta(days=1)
