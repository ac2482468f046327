"""What the office's search finds: one function a kind, each within the person's scope and along an index.

Numbers are compared whole; names by the trigram indexes of the normalised columns. Each finder costs a fixed
number of statements, whatever it finds, and takes at most `MOST` + 1 rows, so that one knows of more.
"""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile, Role, StaffAssignment, User
from inspections.models import Certificate, VisitRequest
from notifications.models import SmsMessage
from portal.models import SupportThread
from portal.office import money_kinds
from portal.office.asking import MOST, Asked, Hit, Kind, ids_of, line, page_of
from septam.digits import to_persian
from sites.models import Place


def _people(asked: Asked) -> list[Hit]:
    r = asked.readings
    ids = {asked.owner_id} - {0}
    if r.national and asked.user.has_perm("accounts.view_profile"):
        ids |= ids_of(Profile.objects.filter(national_id__in=r.national), "user_id")
    if r.key:
        ids |= ids_of(Profile.objects.filter(search_key__holds=r.key), "user_id")
        ids |= ids_of(User.objects.filter(search_key__holds=r.key))
    if r.word:
        ids |= ids_of(User.objects.filter(username__iexact=r.word))
    if not ids:
        return []
    rows = User.objects.filter(pk__in=sorted(ids)[: MOST + 1]).select_related("profile")
    return [_person(row) for row in rows.order_by("-pk")]


def _person(user: User) -> Hit:
    profile = getattr(user, "profile", None)
    holder = profile.name if profile and profile.name != user.get_full_name() else ""
    role = _("Staff") if user.is_staff else ""
    detail = line(holder, user.mobile or "", role, "" if user.is_active else _("closed account"))
    return Hit(str(user), page_of("accounts_user", user.pk), detail, f"accounts.user:{user.pk}")


def _places(asked: Asked) -> list[Hit]:
    r = asked.readings
    if asked.owner_id:
        rows = Place.objects.filter(owner_id=asked.owner_id).order_by("-id")
    elif r.key:
        rows = Place.objects.filter(search_key__holds=r.key)
    elif asked.held_places or len(r.number) == 10:
        here = ids_of(Place.objects.filter(postal_code=r.number)) if len(r.number) == 10 else set()
        rows = Place.objects.filter(pk__in=here | asked.held_places)
    else:
        return []
    return [
        Hit(
            row.title,
            page_of("septam_sites_place", row.pk),
            line(row.city.label if row.city else "", row.postal_code, row.get_state_display()),
            f"septam_sites.place:{row.pk}",
        )
        for row in rows.select_related("city__province")[: MOST + 1]
    ]


def _requests(asked: Asked) -> list[Hit]:
    r = asked.readings
    if asked.owner_id:
        rows = asked.requests.filter(owner_id=asked.owner_id).order_by("-id")
    elif r.key:
        rows = asked.requests.filter(search_key__holds=r.key)
    elif asked.held_places:
        here = ids_of(Place.objects.filter(postal_code=r.number)) if len(r.number) == 10 else set()
        rows = asked.requests.filter(place_id__in=here | asked.held_places)
    elif len(r.number) == 10:
        rows = asked.requests.filter(place__postal_code=r.number)
    elif len(r.number) == 12:
        rows = asked.requests.filter(number=r.number)
    else:
        return []
    return [_request(row) for row in rows.select_related("place")[: MOST + 1]]


def _request(row: VisitRequest) -> Hit:
    return Hit(
        row.place_title,
        page_of("inspections_visitrequest", row.pk),
        line(row.number, row.standing),
        f"inspections.visitrequest:{row.pk}",
        reverse("admin:request_story", args=[row.pk]),
    )


def _certificates(asked: Asked) -> list[Hit]:
    number = asked.readings.number
    if len(number) != 11:
        return []
    rows = Certificate.objects.filter(number=number).select_related("superseded_by")
    found = [row for row in rows[:MOST] if asked.requests.filter(pk__in=_requests_of(row)).exists()]
    return [
        Hit(
            to_persian(row.number),
            page_of("inspections_certificate", row.pk),
            line(row.snapshot.get("title", ""), row.get_state_display()),
            f"inspections.certificate:{row.pk}",
        )
        for row in found
    ]


def _requests_of(certificate: Certificate) -> list[int]:
    """Its request; that of the certificate which corrected it, where it gave its own up."""
    later = certificate.superseded_by
    ids = (certificate.request_id, later.request_id if later else None)
    return [pk for pk in ids if pk is not None]


def _experts(asked: Asked) -> list[Hit]:
    if not 3 <= len(asked.readings.number) <= 8:
        return []
    rows = StaffAssignment.objects.filter(code=asked.readings.number, role=Role.EXPERT)
    if not asked.knows_mobiles:
        mine = asked.user.assignments.filter(active=True).values("laboratory_id")
        rows = rows.filter(laboratory_id__in=mine)
    return [
        Hit(
            str(row.user),
            _expert_page(asked.user, row),
            line(row.code, row.laboratory, _standing(row)),
        )
        for row in rows.select_related("user", "laboratory")[:MOST]
    ]


def _standing(row: StaffAssignment) -> str | Promise:
    return "" if row.active and row.user.is_active else _("not active")


def _expert_page(user: User, row: StaffAssignment) -> str:
    if user.has_perm("accounts.view_staffassignment"):
        return page_of("accounts_staffassignment", row.pk)
    if user.has_perm("accounts.view_user"):
        return page_of("accounts_user", row.user_id)
    return f"{reverse('inspections:expert_check')}?{urlencode({'code': row.code})}"


def _threads(asked: Asked) -> list[Hit]:
    r = asked.readings
    visible = SupportThread.objects.visible_to_staff(asked.user)
    if r.mobile and asked.knows_mobiles:
        rows = visible.filter(mobile=r.mobile).order_by("-id")
        if asked.owner_id:
            rows = visible.filter(owner_id=asked.owner_id).order_by("-id")
    elif len(r.number) == 9:
        rows = visible.filter(number=r.number)
    else:
        return []
    return [
        Hit(
            row.get_subject_display(),
            page_of("portal_supportthread", row.pk),
            line(row.get_state_display(), row.number),
            f"portal.supportthread:{row.pk}",
        )
        for row in rows[:MOST]
    ]


def _messages(asked: Asked) -> list[Hit]:
    mobile = asked.readings.mobile
    if not mobile or not SmsMessage.objects.filter(mobile=mobile).exists():
        return []
    address = reverse("admin:notifications_smsmessage_changelist")
    return [Hit(str(_("SMS to this number")), f"{address}?{urlencode({'q': mobile})}")]


KINDS: tuple[Kind, ...] = (
    Kind(_("People"), "accounts.view_user", _people, "accounts_user"),
    Kind(_("Places"), "septam_sites.view_place", _places, "septam_sites_place"),
    Kind(
        _("Visit requests"), "inspections.view_visitrequest", _requests, "inspections_visitrequest"
    ),
    Kind(_("Certificates"), "inspections.view_certificate", _certificates),
    Kind(_("Orders"), "billing.view_order", money_kinds.orders),
    Kind(_("Invoices"), "billing.view_invoice", money_kinds.invoices),
    Kind(_("Payments at the banks"), "billing.view_paymentattempt", money_kinds.attempts),
    Kind(
        _("Bank transfers"),
        "billing.view_banktransfer",
        money_kinds.transfers,
        "billing_banktransfer",
    ),
    Kind(_("Refunds"), "billing.view_refundcase", money_kinds.refunds),
    Kind(_("Experts"), "inspections.view_visitrequest", _experts),
    Kind(_("Support conversations"), "portal.view_supportthread", _threads),
    Kind(_("SMS outbox"), "notifications.view_smsmessage", _messages, aside=True),
)


def permitted(user: User) -> Iterable[Kind]:
    """The kinds that this person may see at all."""
    return (kind for kind in KINDS if user.has_perm(kind.permission))
