"""What the outbox and «اعلانات» keep about a person, and how it is forgotten."""

from django.utils.translation import gettext_lazy as _

from notifications.events import event_of
from notifications.models import Notice, PutAway, SmsMessage, SmsState, UnwantedSms
from notifications.texts import title_of
from septam.exports.columns import Column, moment
from septam.personal_data import Keeper, Table

# A message in these states is at its end: nothing is asked about it and nothing sent.
ENDED = (
    SmsState.SENT, SmsState.DELIVERED, SmsState.UNDELIVERED, SmsState.UNKNOWN, SmsState.DEAD, SmsState.WITHDRAWN,
)  # fmt: skip

MESSAGES = Table(
    "sms", _("SMS that were sent to you"),
    lambda person: SmsMessage.objects.filter(user_id=person).order_by("pk"),
    (
        Column(_("About"), "event", convert=title_of),
        Column(_("Mobile"), "mobile"),
        Column(_("Text"), "text"),
        Column(_("State"), "state", SmsState),
        moment(_("Created"), "created_at"),
        moment(_("Sent"), "sent_at"),
    ),
)  # fmt: skip
NOTICES = Table(
    "notices", _("Notices"),
    lambda person: Notice.objects.filter(user_id=person).order_by("pk"),
    (
        Column(_("Title"), "title"),
        Column(_("Text"), "body"),
        moment(_("Created"), "created_at"),
        moment(_("Read"), "read_at"),
    ),
)  # fmt: skip
UNWANTED = Table(
    "unwanted-sms", _("SMS that you do not want"),
    lambda person: UnwantedSms.objects.filter(user_id=person).order_by("pk"),
    (Column(_("About"), "event", convert=lambda name: event_of(name).when),),
)  # fmt: skip


def forget(account_id: int) -> None:
    """Texts and numbers of messages go, their counts stay; notices and choices go altogether.

    What still waits is left: it tells the account's end.
    """
    ended = SmsMessage.objects.filter(user_id=account_id, state__in=ENDED)
    ended.update(mobile="", text="", values={}, next_try_at=None)
    Notice.objects.filter(user_id=account_id).delete()
    UnwantedSms.objects.filter(user_id=account_id).delete()
    PutAway.objects.filter(user_id=account_id).delete()


KEEPER = Keeper("notifications", (MESSAGES, NOTICES, UNWANTED), forget=forget)
