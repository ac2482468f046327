"""Roles and numbers of staff that changed lately stand on the first page of every manager: nobody takes a power unseen."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian
from septam.models import AuditEvent

PERMISSION = "accounts.change_staffassignment"
NUMBER_MOVED = "staff.mobile_changed"
_DAYS = 3
_MADE = ("office.add", "office.change", "office.delete")


def changed_lately() -> Iterator[Alarm]:
    """One line for each kind, for some days."""
    since = clock.now() - timedelta(days=_DAYS)
    lately = AuditEvent.objects.filter(at__gte=since)
    roles = lately.filter(object_type="accounts.staffassignment", verb__in=_MADE).count()
    numbers = lately.filter(verb=NUMBER_MOVED).count()
    told = (
        (roles, "kind=accounts.staffassignment", _("Roles of staff were changed %(count)s times in the last %(days)s days. If you do not know of it, look who did.")),
        (numbers, f"verb={NUMBER_MOVED}", _("Mobiles of staff were changed %(count)s times in the last %(days)s days. If you do not know of it, look who did.")),
    )  # fmt: skip
    for count, asked, text in told:
        if count:
            words = text % {"count": to_persian(count), "days": to_persian(_DAYS)}
            path = f"{reverse('admin:septam_auditevent_changelist')}?{asked}"
            yield Alarm(words, path, PERMISSION)
