"""What staff see beside a conversation: the writer's account, what the message is about, and what else there is.

Each link stands only where this member of staff may open the page behind it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from billing.models import Order
from inspections.models import VisitRequest
from inspections.scope import visible_to_staff
from portal.models import ReferenceKind, SupportThread
from portal.support import references

_SHOWN = 5
_PAGES = {
    ReferenceKind.REQUEST: ("inspections.view_visitrequest", "admin:inspections_visitrequest_change"),
    ReferenceKind.ORDER: ("billing.view_order", "admin:billing_order_change"),
    ReferenceKind.CERTIFICATE: ("inspections.view_certificate", "admin:inspections_certificate_change"),
}  # fmt: skip


class Link(NamedTuple):
    """A line beside the conversation; without an address it is text alone."""

    text: str
    url: str = ""


def of(thread: SupportThread, user: User) -> dict[str, list[Link]]:
    """The lines by heading; a heading without lines is left out."""
    found = {
        _("About the number"): list(_reference(thread, user)),
        _("Account and SMS"): list(_writer(thread, user)),
        _("Requests"): list(_requests(thread.owner, user)),
        _("Orders"): list(_orders(thread.owner, user)),
        _("Other conversations"): list(_others(thread, user)),
    }
    return {heading: lines for heading, lines in found.items() if lines}


def _reference(thread: SupportThread, user: User) -> Iterator[Link]:
    if not thread.reference:
        return
    found = references.anywhere(thread.reference)
    if found is None:
        yield Link(_("%(number)s: nothing has this number.") % {"number": thread.reference})
        return
    name = f"{ReferenceKind(found.kind).label} {thread.reference}"
    permission, page = _PAGES[ReferenceKind(found.kind)]
    yield Link(name, reverse(page, args=[found.row.pk]) if user.has_perm(permission) else "")
    if not thread.reference_kind:
        yield Link(
            _(
                "Not checked: the writer was not signed in. Say nothing of it without an identity check."
            )
        )


def _writer(thread: SupportThread, user: User) -> Iterator[Link]:
    sees_people = user.has_perm("accounts.view_user")
    if thread.owner:
        url = reverse("admin:accounts_user_change", args=[thread.owner.pk]) if sees_people else ""
        yield Link(_("Account %(name)s") % {"name": thread.owner.username}, url)
    elif sees_people and thread.mobile:
        account = User.objects.filter(mobile=thread.mobile).first()
        if account:
            url = reverse("admin:accounts_user_change", args=[account.pk])
            yield Link(_("An account has this number: %(name)s") % {"name": account}, url)
    mobile = mobile_of(thread)
    if mobile and user.has_perm("notifications.view_smsmessage"):
        url = reverse("admin:notifications_smsmessage_changelist")
        yield Link(_("SMS to this number"), f"{url}?{urlencode({'q': mobile})}")


def mobile_of(thread: SupportThread) -> str:
    """Where an answer goes: an owner's number of today, else what the writer typed."""
    return (thread.owner.mobile or "") if thread.owner else thread.mobile


def _requests(owner: User | None, user: User) -> Iterator[Link]:
    if owner is None or not user.has_perm("inspections.view_visitrequest"):
        return
    rows: Any = visible_to_staff(VisitRequest.objects.filter(owner=owner), user)
    for visit in rows.select_related("place").order_by("-id")[:_SHOWN]:
        text = f"{visit.place_title} – {visit.standing} – {visit.number}"
        yield Link(text, reverse("admin:inspections_visitrequest_change", args=[visit.pk]))


def _orders(owner: User | None, user: User) -> Iterator[Link]:
    if owner is None or not user.has_perm("billing.view_order"):
        return
    for order in Order.objects.filter(owner=owner).order_by("-id")[:_SHOWN]:
        text = f"{order.number} – {order.get_state_display()}"
        yield Link(text, reverse("admin:billing_order_change", args=[order.pk]))


def _others(thread: SupportThread, user: User) -> Iterator[Link]:
    whose = Q(owner_id=thread.owner_id) if thread.owner_id else Q(owner=None, mobile=thread.mobile)
    rows: QuerySet[SupportThread] = SupportThread.objects.visible_to_staff(user).filter(whose)
    for other in rows.exclude(pk=thread.pk).order_by("-id")[:_SHOWN]:
        text = f"{other.get_subject_display()} – {other.get_state_display()} – {other.number}"
        yield Link(text, reverse("admin:portal_supportthread_change", args=[other.pk]))
