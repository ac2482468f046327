"""Where an SMS stands, in words for whom it is for: read from the outbox's row, nothing is changed here.

Support reads the same words as the owner. Neither ever sees the text of a password or a code.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import circuit
from notifications.models import SmsMessage, SmsState
from notifications.providers.base import Delivery
from notifications.texts import text_of
from septam import clock, heartbeat

WORKER = "worker"
# Messages leave within seconds; one that waits so long tells that something is slow.
SLOW_AFTER = timedelta(minutes=1)
# Passwords and codes, see notifications.outbox.
URGENT = 2


class Phase(StrEnum):
    """What can be said of a message to a person."""

    QUEUED = "queued"
    SLOW = "slow"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    GIVEN_UP = "given_up"


_WORDS: dict[Phase, tuple[str | Promise, str | Promise, str]] = {
    Phase.QUEUED: (
        _("In the queue"),
        _("It leaves within a minute; renew this page then."),
        "wait",
    ),
    Phase.SLOW: (
        _("Still in the queue"),
        _("Messages leave slowly just now. It is sent by itself; asking again does not hasten it."),
        "wait",
    ),
    Phase.SENT: (
        _("Handed to the operator"),
        _("It is on its way. See that the phone is on and has reception."),
        "wait",
    ),
    Phase.DELIVERED: (
        _("Arrived at the phone"),
        _("Look at the newest messages of the phone, and at those from unknown or blocked senders."),
        "good",
    ),
    Phase.UNDELIVERED: (
        _("Did not reach the phone"),
        _("The phone was off, without reception or full of messages. Put that right, then ask again."),
        "bad",
    ),
    Phase.BLOCKED: (
        _("The number has advertising SMS closed"),
        _("Open it: Hamrah-e Aval: send 11 to 8999; Irancell: send 1 to 5005. Then ask again."),
        "bad",
    ),
    Phase.UNKNOWN: (
        _("Whether it was sent is not certain"),
        _("If it has not come after a few minutes, ask again."),
        "wait",
    ),
    Phase.GIVEN_UP: (_("Was not sent"), _("Ask again; this one does not come any more."), "bad"),
}  # fmt: skip
_PHASES = {
    SmsState.SENDING: Phase.QUEUED,
    SmsState.SENT: Phase.SENT,
    SmsState.DELIVERED: Phase.DELIVERED,
    SmsState.UNKNOWN: Phase.UNKNOWN,
}


@dataclass(frozen=True)
class Standing:
    """One message: what it is about, where it stands, what to do, and when."""

    title: str
    phase: Phase
    queued_at: datetime
    sent_at: datetime | None

    @property
    def words(self) -> str | Promise:
        """The state in a few words."""
        return _WORDS[self.phase][0]

    @property
    def advice(self) -> str | Promise:
        """What whoever waits for it can do."""
        return _WORDS[self.phase][1]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return _WORDS[self.phase][2]

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it: another one may be asked for at once."""
        return self.phase in (Phase.UNDELIVERED, Phase.BLOCKED, Phase.GIVEN_UP)


def newest_id(user_id: int, event: str) -> int:
    """The row of the newest message of this event to this person; 0 for none."""
    rows = SmsMessage.objects.filter(user_id=user_id, event=event).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def of(message_id: int) -> Standing | None:
    """Where one message stands, or the one that says it once more; None for one that is not there."""
    rows = SmsMessage.objects.filter(Q(pk=message_id) | Q(again_of_id=message_id))
    message = rows.order_by("-pk").first() if message_id else None
    return _read(message) if message else None


def newest_of(user_id: int, most: int = 10) -> list[Standing]:
    """Where the newest messages to a person stand, the newest first."""
    return [_read(row) for row in SmsMessage.objects.filter(user_id=user_id).order_by("-pk")[:most]]


def _read(message: SmsMessage) -> Standing:
    return Standing(
        text_of(message.event).title, _phase(message), message.created_at, message.sent_at
    )


def _phase(message: SmsMessage) -> Phase:
    if message.state == SmsState.QUEUED:
        if message.valid_until <= clock.now():
            return Phase.GIVEN_UP
        late = message.attempts > 0 or clock.now() - message.created_at > SLOW_AFTER
        return Phase.SLOW if late or not circuit.available() else Phase.QUEUED
    if message.state == SmsState.UNDELIVERED:
        blocked = message.provider_status == Delivery.BLOCKED
        return Phase.BLOCKED if blocked else Phase.UNDELIVERED
    return _PHASES.get(SmsState(message.state), Phase.GIVEN_UP)


def is_slow() -> bool:
    """Whether passwords and codes, whosever, leave slowly just now.

    No worker sends, every provider rests, or some have waited too long.
    """
    now = clock.now()
    late = SmsMessage.objects.filter(
        priority__lte=URGENT, created_at__lt=now - SLOW_AFTER, valid_until__gt=now
    )
    # One by one: each has its own index, and a campaign of reminders stands in neither's way.
    states = (SmsState.QUEUED, SmsState.SENDING)
    if not heartbeat.is_alive(WORKER) or not circuit.available():
        return True
    return any(late.filter(state=one).exists() for one in states)
