"""What the owner was told: SMS with what became of each, and «اعلانات» with whether it was read."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.telling import about_request
from notifications import reasons
from notifications.models import Notice, SmsMessage, SmsState
from notifications.texts import text_of
from portal.office.story.entries import MOST, Entry, Part, Subject

_TONES = {
    SmsState.DELIVERED: "good", SmsState.SENT: "good", SmsState.QUEUED: "wait", SmsState.SENDING: "wait",
    SmsState.WITHDRAWN: "neutral",
}  # fmt: skip


def sms(subject: Subject) -> Iterator[Entry]:
    """SMS about the request and its orders, to the owner and to who was told beside the owner."""
    if not subject.may("notifications.view_smsmessage"):
        return
    orders = [order.pk for order in subject.orders]
    about = [about_request(subject.visit), *(f"order:{pk}" for pk in orders)]
    whose = Q(user_id=subject.visit.owner_id) | Q(mobile__in=_beside(subject))
    which = Q(about__in=about) | Q(once_key__in=[f"receipt:{pk}" for pk in orders])
    rows = SmsMessage.objects.filter(whose, which).order_by("-id")[:MOST]
    for row in rows:
        why = "؛ ".join(str(reason.words) for reason in reasons.of(row))
        url = subject.page("notifications_smsmessage", row, "notifications.view_smsmessage")
        yield Entry(
            row.created_at, Part.MESSAGES, _("SMS: %(what)s") % {"what": text_of(row.event).title}, "",
            why or row.text, url, _TONES.get(SmsState(row.state), "bad"), row.get_state_display(),
        )  # fmt: skip


def _beside(subject: Subject) -> list[str]:
    data = subject.visit.snapshot
    phones = {data.get("representative_phone"), data.get("second_phone")}
    return sorted(phone for phone in phones if phone)


def notices(subject: Subject) -> Iterator[Entry]:
    """«اعلانات» that lead to the request, to its times or to its orders."""
    if not subject.may("notifications.view_notice"):
        return
    number = subject.visit.number
    own = reverse("inspections:request", args=[number])
    links = [own, *(reverse("billing:order", args=[order.number]) for order in subject.orders)]
    links += [reverse("billing:receipt", args=[order.number]) for order in subject.orders]
    slots = subject.visit.slots.values_list("pk", flat=True)[:MOST]
    links += [reverse("inspections:slot_confirm", args=[pk]) for pk in slots]
    wanted = Q(link__in=links) | Q(link__startswith=own)
    rows = Notice.objects.filter(wanted, user_id=subject.visit.owner_id).order_by("-id")[:MOST]
    for row in rows:
        read = _("read") if row.read_at else _("not read yet")
        title = _("Notice: %(title)s") % {"title": row.title}
        yield Entry(row.created_at, Part.MESSAGES, title, "", row.body, "", "neutral", read)
