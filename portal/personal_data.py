"""What conversations with support keep about a person, who of the staff looked at it, and how it is forgotten."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountClosing
from notifications.models import SmsMessage
from notifications.personal_data import ENDED
from portal.models import Author, Subject, SupportMessage, SupportThread, ThreadState
from portal.support import forgetting
from septam.exports.columns import Column, moment
from septam.personal_data import Keeper, Table

THREADS = Table(
    "support", _("Conversations with support"),
    lambda person: SupportThread.objects.filter(owner_id=person).order_by("pk"),
    (
        Column(_("Tracking number"), "number"),
        Column(_("Subject"), "subject", Subject),
        Column(_("About the number"), "reference"),
        Column(_("State"), "state", ThreadState),
        moment(_("Opened"), "opened_at"),
    ),
)  # fmt: skip
MESSAGES = Table(
    "support-messages", _("Messages to and from support"),
    # Notes among staff are no answer to the owner.
    lambda person: SupportMessage.objects.filter(
        thread__owner_id=person, internal=False, author__in=(Author.OWNER, Author.STAFF)
    ).order_by("pk"),
    (
        Column(_("Tracking number"), "thread__number"),
        Column(_("Whose words"), "author", Author),
        Column(_("Text"), "text"),
        moment(_("When"), "created_at"),
    ),
)  # fmt: skip


def forget(account_id: int) -> None:
    """All conversations are closed and emptied, as old ones are; also those that were written from the number without signing in."""
    mine = Q(owner_id=account_id)
    for mobile, closed_at in _numbers(account_id):
        # Whoever has the number since wrote what is his.
        mine |= Q(owner=None, mobile=mobile, opened_at__lt=closed_at)
        told = SmsMessage.objects.filter(
            user=None, mobile=mobile, created_at__lt=closed_at, state__in=ENDED
        )
        told.update(mobile="", text="", values={}, next_try_at=None)
    forgetting.empty(list(SupportThread.objects.filter(mine, forgotten_at=None)))


def _numbers(account_id: int) -> list[tuple[str, datetime]]:
    closings = AccountClosing.objects.filter(user_id=account_id).exclude(mobile="")
    return list(closings.values_list("mobile", "closed_at"))


KEEPER = Keeper("portal", (THREADS, MESSAGES), forget=forget)
