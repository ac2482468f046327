"""What stands above the office's list of SMS: what waits and for how long, and how each provider does."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import reasons
from notifications.models import SmsMessage, SmsProviderState, SmsState
from notifications.outbox import PRIORITIES
from notifications.providers import registry
from septam import clock
from septam.office.lists import COUNT_CAP

PRIORITY_WORDS = {
    1: _("Sign-in codes"),
    2: _("Passwords"),
    5: _("Receipts, visits and the like"),
    9: _("Reminders"),
}
PROVIDER_WORDS = {"kavenegar": _("Kavenegar"), "smsir": _("SMS.ir")}
UNIT_WORDS = {"rial": _("rial"), "messages": _("messages")}


@dataclass(frozen=True)
class Waiting:
    """The messages of one priority that wait; `is_capped` where there are more than were counted."""

    title: str | Promise
    count: int
    is_capped: bool
    oldest_at: datetime | None


@dataclass(frozen=True)
class Provider:
    """One provider as all workers know it."""

    title: str | Promise
    rests_until: datetime | None
    answered_at: datetime | None
    failed_at: datetime | None
    failure: reasons.Reason | None
    credit: int | None
    credit_unit: str | Promise
    credit_is_low: bool
    credit_at: datetime | None


def waiting() -> list[Waiting]:
    """Along the index of what is due, and never further than the cap."""
    found = []
    for priority in PRIORITIES:
        rows = SmsMessage.objects.filter(state=SmsState.QUEUED, priority=priority)
        count = rows.order_by()[: COUNT_CAP + 1].values("pk").count()
        first = rows.order_by("next_try_at").values_list("created_at", flat=True).first()
        found.append(
            Waiting(PRIORITY_WORDS[priority], min(count, COUNT_CAP), count > COUNT_CAP, first)
        )
    return found


def providers() -> list[Provider]:
    """Those that are offered, the preferred one first, also where nothing is known yet."""
    known = {row.name: row for row in SmsProviderState.objects.all()}
    return [
        _provider(name, known.get(name) or SmsProviderState(name=name))
        for name in registry.offered()
    ]


def title_of(name: str) -> str | Promise:
    """A provider's name for people."""
    return PROVIDER_WORDS.get(name, name)


def _provider(name: str, row: SmsProviderState) -> Provider:
    rests = row.rests_until if row.rests_until and row.rests_until > clock.machine_now() else None
    failure = reasons.of_failure(f"{name} {row.failure}") if row.failure else None
    return Provider(
        title_of(name), rests, row.answered_at, row.failed_at, failure, row.credit,
        UNIT_WORDS.get(row.credit_unit, row.credit_unit), row.credit_is_low, row.credit_at,
    )  # fmt: skip
