"""Which optional SMS an owner does not want. Essential ones always go out, and a notice always stands in «اعلانات»."""

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction

from notifications.texts import SmsText, events, text_of


class UnwantedSms(models.Model):
    """An optional SMS that its owner switched off; no row means that it is wanted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    event = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "event"], name="unwanted_sms_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.event}"


def optional_texts() -> list[SmsText]:
    """The SMS that an owner may switch off, in the order of the file."""
    return [text for text in events() if not text.essential]


def wants(user_id: int | None, event: str) -> bool:
    """Whether an SMS of this event may go to this owner; raises KeyError for an unknown event."""
    if text_of(event).essential or user_id is None:
        return True
    return not UnwantedSms.objects.filter(user_id=user_id, event=event).exists()


def unwanted_by(user_id: int) -> set[str]:
    """The events that this owner switched off."""
    return set(UnwantedSms.objects.filter(user_id=user_id).values_list("event", flat=True))


@transaction.atomic
def choose(user_id: int, wanted: Iterable[str]) -> None:
    """Keep the owner's choice: of the optional SMS only those in `wanted`. Essential ones are not asked about."""
    off = {text.event for text in optional_texts()} - set(wanted)
    UnwantedSms.objects.filter(user_id=user_id).exclude(event__in=off).delete()
    rows = [UnwantedSms(user_id=user_id, event=event) for event in sorted(off)]
    UnwantedSms.objects.bulk_create(rows, ignore_conflicts=True)
