"""What the office is told of the outbox: credit that runs out, providers that rest, messages that wait too long."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications import reasons
from notifications.models import SmsMessage, SmsProviderState, SmsState
from notifications.outbox import URGENT
from notifications.outbox_summary import title_of
from notifications.providers import registry
from notifications.providers.base import Credit, ProviderError
from septam import clock, failpoints
from septam.alarms import Alarm

logger = logging.getLogger(__name__)
PERMISSION = "notifications.view_smsmessage"
# Codes and passwords that wait longer than this, and all others.
URGENT_WAIT = timedelta(minutes=1)
USUAL_WAIT = timedelta(hours=1)


def look_at_credit() -> None:
    """Ask each provider what is left on the account, and keep it for the office; one that is silent keeps its figure."""
    for name in registry.offered():
        credit = _asked(name)
        if credit is not None and credit.is_low:
            logger.error("sms credit of %s is low: %s %s", name, credit.amount, credit.unit)


def look_at_credit_again() -> None:
    """Ask the providers that rest for lack of credit; one whose account was charged sends at once again."""
    resting = SmsProviderState.objects.filter(
        name__in=registry.offered(), rests_until__gt=clock.machine_now()
    )
    for state in resting:
        if reasons.is_lack_of_credit(f"{state.name} {state.failure}"):
            credit = _asked(state.name)
            if credit is not None and _is_back(state, credit):
                _go_on(state)


def _is_back(before: SmsProviderState, credit: Credit) -> bool:
    """Whether a message can be paid for again: its price is not known, so the account has grown or is not low."""
    has_grown = before.credit is not None and credit.amount > before.credit
    return credit.amount > 0 and (has_grown or not credit.is_low)


def _go_on(state: SmsProviderState) -> None:
    """End this rest, and the pause of the messages that met it; not where it failed anew since the row was read."""
    same = SmsProviderState.objects.filter(
        name=state.name, rests_until=state.rests_until, failed_at=state.failed_at
    )
    with failpoints.commit("sms.credit_back"):
        if same.update(rests_until=None):
            waiting = SmsMessage.objects.filter(
                state=SmsState.QUEUED, provider="", next_try_at__gt=clock.now()
            )
            met = waiting.filter(error__contains=f"{state.name} {state.failure}")
            met.update(next_try_at=clock.now())


def _asked(name: str) -> Credit | None:
    """What is left at a provider, kept for the office; None where it does not answer."""
    try:
        credit = registry.provider(name).credit()
        failpoints.hit("sms.credit.answered")
    except ProviderError as problem:
        logger.warning("sms credit could not be asked of %s: %s", name, problem.code)
        return None
    SmsProviderState.objects.update_or_create(
        name=name,
        defaults={
            "credit": credit.amount,
            "credit_unit": credit.unit,
            "credit_is_low": credit.is_low,
            "credit_at": clock.machine_now(),
        },
    )
    return credit


def wrong() -> Iterator[Alarm]:
    """The lines for the office's first page."""
    path = reverse("admin:notifications_smsmessage_changelist")
    for state in SmsProviderState.objects.filter(name__in=registry.offered()).order_by("name"):
        if state.credit_is_low:
            yield Alarm(
                _("SMS credit is low: %(name)s") % {"name": title_of(state.name)}, path, PERMISSION
            )
        if state.rests_until and state.rests_until > clock.machine_now():
            yield Alarm(
                _("SMS provider rests: %(name)s") % {"name": title_of(state.name)}, path, PERMISSION
            )
    if _waits(URGENT_WAIT, priority__lte=URGENT):
        yield Alarm(_("Codes or passwords wait for more than a minute"), path, PERMISSION)
    elif _waits(USUAL_WAIT):
        yield Alarm(_("SMS wait for more than an hour"), path, PERMISSION)


def _waits(longest: timedelta, **which: int) -> bool:
    """Whether a message has been due for longer; its own pauses after failures count as waiting, too."""
    before = clock.now() - longest
    queued = SmsMessage.objects.filter(state=SmsState.QUEUED, next_try_at__lt=before, **which)
    return queued.exists()
