"""What a row of the outbox is in a file: never a text."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from notifications import outbox_summary
from notifications.models import SmsState
from notifications.texts import text_of
from septam.exports.columns import Column, moment


def _title(event: str) -> str:
    """In the words of the file of texts; the bare event where it has gone from there."""
    try:
        return text_of(event).title
    except KeyError:
        return event


MESSAGES: Sequence[Column] = (
    Column(_("Event"), "event", convert=_title),
    Column(_("Mobile number"), "mobile"),
    Column(_("State"), "state", SmsState),
    Column(_("Provider"), "provider", convert=outbox_summary.title_of),
    Column(_("Number at the provider"), "provider_id"),
    Column(_("Tries"), "attempts"),
    moment(_("Created"), "created_at"),
    moment(_("Sent"), "sent_at"),
    moment(_("Delivery last asked for"), "polled_at"),
)
