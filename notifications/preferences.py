"""Which optional SMS an owner does not want. Essential ones always go out, and a notice always stands in «اعلانات»."""

from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.events import event_of
from notifications.texts import SmsText, events, text_of
from septam.postgres.prepared import Prepared

_SUBJECTS: tuple[tuple[Promise, set[str]], ...] = (
    (_("Account"), {"registration", "recovery", "login", "account"}),
    (_("Payment and refund"), {"payment", "refund", "proforma", "transfer", "difference"}),
    (_("Request and visit"), {"queue", "call", "visit", "request"}),
    (_("Result and certificate"), {"result", "revisit", "certificate", "complaint"}),
)


class UnwantedSms(models.Model):
    """An optional SMS that its owner switched off; no row means that it is wanted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
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


def essential_moments() -> list[tuple[Promise, list[str]]]:
    """When an owner gets an SMS whatever was chosen: Persian moments under the heading of their subject."""
    names = [text.event for text in events() if text.essential]
    told = [event_of(name) for name in names if event_of(name).to == "owner"]
    return [
        (heading, [event.when for event in told if event.name.split(".")[0] in kinds])
        for heading, kinds in _SUBJECTS
    ]


def wants(user_id: int | None, event: str) -> bool:
    """Whether an SMS of this event may go to this owner; raises KeyError for an unknown event."""
    if text_of(event).essential or user_id is None:
        return True
    return not UnwantedSms.objects.filter(user_id=user_id, event=event).exists()


def unwanted(asked: Iterable[tuple[int | None, str]]) -> set[tuple[int | None, str]]:
    """Which of these (owner, event) the owners switched off; one query, none where all are essential."""
    optional = [one for one in asked if one[0] is not None and not text_of(one[1]).essential]
    if not optional:
        return set()
    rows = _OF(sorted({int(user_id or 0) for user_id, _event in optional}))
    off = {(row.user_id, row.event) for row in rows}
    return {one for one in optional if one in off}


_OF = Prepared(lambda user_ids: UnwantedSms.objects.filter(user_id__in=user_ids))  # type: ignore[misc]


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
