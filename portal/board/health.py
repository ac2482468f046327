"""Whether what the portal leans on is well: the worker, the SMS providers, the banks. Nobody is called for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing import gateways
from billing.models import AttemptState, PaymentEvent
from notifications import outbox_summary
from septam import clock, heartbeat
from septam.models import Heartbeat, Job
from septam.templatetags.persian import amount, fa, jdatetime

# How far back the newest answers of banks are read: the cost does not grow with the table.
NEWEST = 300
GOOD, BAD, NEUTRAL = "good", "bad", "neutral"


@dataclass(frozen=True)
class Sign:
    """One line: what it is about, how it stands in a word, and more words."""

    about: Any
    word: str
    tone: str
    more: Any = ""


def worker() -> Iterator[Sign]:
    """Whether it was heard of within the last minute, and which of its jobs failed last."""
    row = Heartbeat.objects.filter(name="worker").first()
    is_alive = row is not None and row.at > clock.machine_now() - heartbeat.ALIVE_WITHIN
    last = format_html(_("last heard of {}"), jdatetime(row.at)) if row else _("never heard of")
    yield Sign(_("Worker"), *((_("alive"), GOOD) if is_alive else (_("silent"), BAD)), last)
    failed = list(Job.objects.exclude(last_error="").values_list("name", flat=True)[:5])
    if failed:
        yield Sign(_("Jobs of the worker"), _("failed last time"), BAD, format_html("<code>{}</code>", ", ".join(failed)))  # fmt: skip


def sms() -> Iterator[Sign]:
    """What waits, and each provider with its credit."""
    queues = outbox_summary.waiting()
    waiting = sum(queue.count for queue in queues)
    word = format_html(_("{} messages wait"), fa(waiting)) if waiting else _("nothing waits")
    yield Sign(_("Outbox of SMS"), word, NEUTRAL)
    for provider in outbox_summary.providers():
        if provider.rests_until:
            word, tone = _("rests"), BAD
        elif provider.failed_at and _is_newer(provider.failed_at, provider.answered_at):
            word, tone = _("failed last time"), BAD
        else:
            word, tone = (_("answers"), GOOD) if provider.answered_at else (_("not used yet"), NEUTRAL)  # fmt: skip
        yield Sign(provider.title, word, tone, _credit(provider))


def _credit(provider: outbox_summary.Provider) -> Any:
    if provider.credit is None:
        return ""
    shown = format_html(_("credit {} {}"), amount(provider.credit), provider.credit_unit)
    return format_html("{} ({})", shown, _("low")) if provider.credit_is_low else shown


def _is_newer(moment: datetime, other: datetime | None) -> bool:
    return other is None or moment > other


def banks() -> Iterator[Sign]:
    """Each bank's last answer, as the newest steps of payments tell it."""
    newest = PaymentEvent.objects.order_by("-pk")
    rows = newest.values_list("attempt__gateway", "at", "code", "to_state")[:NEWEST]
    last: dict[str, tuple[datetime, str, str]] = {}
    for name, at, code, state in rows:
        last.setdefault(name, (at, code, state))
    for name in gateways.known():
        title: str | Promise = gateways.gateway(name).title
        if name not in last:
            yield Sign(title, _("no payment lately"), NEUTRAL)
            continue
        yield _last_step(name, title, *last[name])


def _last_step(name: str, title: str | Promise, at: datetime, code: str, state: str) -> Sign:
    """A refusal that is the payer's own (class U) says nothing against the bank."""
    failed = state in (AttemptState.FAILED, AttemptState.NEEDS_REVIEW) and code != ""
    is_bad = failed and gateways.gateway(name).explain(code).kind != "U"
    word, tone = (_("trouble"), BAD) if is_bad else (_("answers"), GOOD)
    more = format_html(_("last step {}"), jdatetime(at))
    told = format_html("{}, {} {}", more, _("code"), fa(code)) if code else more
    return Sign(title, word, tone, told)
