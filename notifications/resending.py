"""«ارسال دوباره»: the same words once more, as a message of its own, on the wish of a member of staff.

The first row keeps what became of it. A new row also has a new id, so that a provider which remembers ours sends
it indeed. The database allows one repetition of each message; whoever presses twice sends once.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction

from notifications import outbox
from notifications.models import SmsMessage, SmsState
from septam import audit, clock

REPEATABLE = (SmsState.DEAD, SmsState.UNDELIVERED, SmsState.UNKNOWN)
# A code belongs to the session that asked for it; whoever needs one asks anew.
SHORTEST_USE = timedelta(hours=1)


def is_repeatable(message: SmsMessage) -> bool:
    """Whether the message did not arrive for sure, and is of use without the moment that asked for it.

    An old one was emptied: nobody knows any more what it said to whom (notifications.forgetting).
    """
    has_words = bool(message.mobile) and message.state in REPEATABLE
    return has_words and outlives_its_moment(message.event)


def outlives_its_moment(event: str) -> bool:
    """Whether a message of this event can be sent again; a code cannot."""
    return outbox.lifetime(event) >= SHORTEST_USE


def send_again(message: SmsMessage, staff_id: int) -> SmsMessage | None:
    """Queue it once more, audited; None where that cannot be or was done. A secret is made anew at sending."""
    if not is_repeatable(message):
        return None
    now = clock.now()
    try:
        with transaction.atomic():
            made = SmsMessage.objects.create(
                event=message.event,
                mobile=message.mobile,
                user_id=message.user_id,
                values=message.values,
                text=message.text,
                sensitive=message.sensitive,
                priority=message.priority,
                created_at=now,
                next_try_at=now,
                valid_until=now + outbox.lifetime(message.event),
                about=message.about,
                again_of=message,
            )
            audit.record(staff_id, "sms.resend", message)
    except IntegrityError:
        return None
    return made
