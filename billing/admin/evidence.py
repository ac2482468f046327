"""What is known of one payment, in words for finance: its history, the bank's answers, its order, the bank's report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing import gateways
from billing.models import AttemptState, PaymentAttempt, PaymentEvent
from billing.models.reconciliation import BankFileRow
from septam.money import format_rial

_KINDS: dict[str, Promise] = {
    "created": _("Recorded"),
    "start": _("Start: the bank's answer"),
    "callback": _("The payer's browser came back"),
    "returned": _("The return was taken in"),
    "verify": _("Verify: the bank's answer"),
    "settle": _("Settle: the bank's answer"),
    "duplicate": _("The order was paid already"),
    "rival": _("Another payment of the order is open"),
    "abandon": _("Given up: nobody finished it"),
    "place_changed": _("The place was changed meanwhile"),
    "not_sold": _("Its visit was not sold any more"),
    "other_amount": _("The bank names another amount"),
    "other_reference": _("The bank names another reference"),
    "reference_freed": _("The reference was given up: the bank does not know it"),
    "review_inquiry": _("Finance asks the bank"),
    "review_answer": _("The bank's answer"),
    "review_confirm": _("Finance has it confirmed again"),
    "review_reversal": _("Finance has it reversed"),
    "review_found": _("Finance found the money; a colleague has to see it too"),
    "review_accept": _("Finance accepts it as paid"),
    "review_close": _("Finance closes it as unpaid"),
}
_CLASSES: dict[str, Promise] = {
    "S": _("done"),
    "U": _("the payer or the card"),
    "R": _("no clear answer, ask again"),
    "C": _("our configuration is refused"),
    "F": _("final, not paid"),
}
_SAID: dict[str, Promise] = {
    "paid": _("The bank knows this sale as paid."),
    "not_paid": _("The bank says that it was not paid."),
    "reversed": _("The bank gave the money back."),
    "unknown": _("The bank gave no clear answer."),
}
# What the history keeps for a code where the bank gave none.
_NO_ANSWER = "no answer"
_OURS = {"actor", "reason", "outcome", "ours_rial", "bank_rial"}


@dataclass(frozen=True)
class Happened:
    """One line of the history."""

    at: datetime
    what: str | Promise
    moved: str
    code: str
    words: str
    fields: list[tuple[str, str]]
    person: str
    reason: str


def history(attempt: PaymentAttempt) -> list[Happened]:
    """All that happened to it, the oldest first; cards are masked since they were kept."""
    events = list(attempt.events.order_by("pk"))
    people = _people(event.detail.get("actor") for event in events)
    return [_happened(attempt, event, people) for event in events]


def _people(ids: Iterable[Any]) -> dict[Any, str]:
    users = User.objects.filter(pk__in={one for one in ids if one})
    return {user.pk: user.get_full_name() or user.username for user in users}


def _happened(attempt: PaymentAttempt, event: PaymentEvent, people: dict[Any, str]) -> Happened:
    detail = event.detail
    moved = ""
    if event.to_state != event.from_state:
        labels = [str(AttemptState(one).label) for one in (event.from_state, event.to_state) if one]
        moved = " ← ".join(labels)
    return Happened(
        at=event.at,
        what=kind_words(event.kind),
        moved=moved,
        code="" if event.code == _NO_ANSWER else event.code,
        words=_words(attempt, event),
        fields=[(name, str(value)) for name, value in detail.items() if name not in _OURS],
        person=people.get(detail.get("actor"), ""),
        reason=str(detail.get("reason", "")),
    )


def kind_words(kind: str) -> str | Promise:
    """What an event of the history is, in words."""
    return _KINDS.get(kind, kind)


def _words(attempt: PaymentAttempt, event: PaymentEvent) -> str:
    if "outcome" in event.detail:
        return str(_SAID.get(event.detail["outcome"], ""))
    if "bank_rial" in event.detail:
        ours, bank = (event.detail.get(name) or 0 for name in ("ours_rial", "bank_rial"))
        return str(_("ours %(ours)s, the bank's %(bank)s")) % {
            "ours": format_rial(ours), "bank": format_rial(bank),
        }  # fmt: skip
    if not event.code or event.kind in {"created", "place_changed", "not_sold"}:
        return ""
    return in_words(attempt.gateway, event.code)


def in_words(gateway_name: str, code: str) -> str:
    """A bank's code in words: its class, and what the payer is told."""
    if code == _NO_ANSWER or gateway_name not in gateways.known():
        return str(_SAID["unknown"]) if code == _NO_ANSWER else ""
    found = gateways.gateway(gateway_name).explain(code)
    return "؛ ".join(str(one) for one in (_CLASSES.get(found.kind, ""), found.text) if one)


def bank_rows(attempt: PaymentAttempt) -> list[BankFileRow]:
    """What the banks' reports say of it, the newest first."""
    rows = BankFileRow.objects.filter(attempt=attempt).select_related("file")
    return list(rows.order_by("-pk")[:10])
