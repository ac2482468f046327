"""What is wrong with payments right now; each line leads to where a person can see to it."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from billing import gateways
from billing.models import AttemptState, PaymentAttempt, PaymentEvent
from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian

S = AttemptState
REVIEW = "billing.review_payment"
SETTLE_LATE = timedelta(minutes=30)
CODES_OF = timedelta(days=1)
STARTS_IN_A_ROW = 3
# How far back the newest rows are read: the cost does not grow with the table.
NEWEST = 300


def wrong() -> Iterator[Alarm]:
    """Payments for a person to decide, settles that do not end, banks that refuse us or give no page."""
    yield from _counted(
        PaymentAttempt.objects.filter(state=S.NEEDS_REVIEW).count(),
        _("%(count)s payments wait for a decision."),
    )
    late = PaymentAttempt.objects.filter(
        state=S.VERIFIED, verified_at__lt=clock.now() - SETTLE_LATE
    )
    yield from _counted(
        late.count(), _("%(count)s confirmed payments are not settled after 30 minutes.")
    )
    for name in gateways.known():
        title = str(gateways.gateway(name).title)
        codes = _refused_codes(name)
        if codes:
            text = _("%(bank)s refuses our configuration: code %(codes)s.")
            yield _alarm(text % {"bank": title, "codes": to_persian(", ".join(codes))})
        if _starts_fail(name):
            yield _alarm(_("%(bank)s: the last 3 payments could not begin.") % {"bank": title})


def _alarm(text: str) -> Alarm:
    return Alarm(text, reverse("admin:billing_paymentattempt_review"), REVIEW)


def _counted(count: int, text: str) -> Iterator[Alarm]:
    if count:
        yield _alarm(text % {"count": to_persian(count)})


def _refused_codes(name: str) -> list[str]:
    """Codes of class C since the bank last gave a page, at most a day old."""
    newest = list(PaymentEvent.objects.select_related("attempt").order_by("-pk")[:NEWEST])
    codes: list[str] = []
    for event in newest:
        if event.attempt.gateway != name or event.at < clock.now() - CODES_OF:
            continue
        if event.to_state == S.SENT and event.from_state == S.CREATED:
            break
        if event.code and gateways.gateway(name).explain(event.code).kind == "C":
            codes.append(event.code)
    return sorted(set(codes))


def _starts_fail(name: str) -> bool:
    newest = PaymentAttempt.objects.order_by("-pk").values_list("gateway", "state", "token")
    tries = [
        state == S.FAILED and not token
        for gateway, state, token in newest[:NEWEST]
        if gateway == name and state != S.CREATED
    ]
    return len(tries) >= STARTS_IN_A_ROW and all(tries[:STARTS_IN_A_ROW])
