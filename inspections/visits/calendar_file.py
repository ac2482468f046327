"""A visit as an iCalendar file (RFC 5545)."""

from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from inspections.models import VisitRequest, VisitSlot
from septam import clock


def of_visit(visit: VisitRequest, slot: VisitSlot, expert_code: str) -> bytes:
    """The accepted visit with its place, expert and a reminder two hours before; times in UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//Septam//Visits//FA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(visit, slot, expert_code))
    content: bytes = calendar.to_ical()
    return content


def _event(visit: VisitRequest, slot: VisitSlot, expert_code: str) -> Event:
    event = Event()
    event.add("uid", f"visit-{slot.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", slot.starts_at.astimezone(UTC))
    event.add("dtend", (slot.starts_at + timedelta(minutes=settings.VISIT_MINUTES)).astimezone(UTC))
    event.add("summary", _("Septam's visit: %(place)s") % {"place": visit.place_title})
    event.add("location", str(visit.snapshot.get("address", "")))
    event.add("description", _description(visit, slot, expert_code))
    event.add("url", settings.BASE_URL + reverse("inspections:request", args=[visit.number]))
    event.add_component(_alarm())
    return event


def _description(visit: VisitRequest, slot: VisitSlot, expert_code: str) -> str:
    lines = (
        _("Tracking number: %(number)s") % {"number": visit.number},
        _("Expert: %(name)s, code %(code)s") % {"name": slot.expert, "code": expert_code},
        _("A responsible person who knows the system must be there."),
        _("Pay the expert no cash."),
    )
    return "\n".join(lines)


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Septam's visit is near"))
    alarm.add("trigger", timedelta(hours=-2))
    return alarm
