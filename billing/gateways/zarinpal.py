"""Zarinpal (زرین‌پال): REST, version 4. A payment facilitator: one confirmation, no settle step.

The merchant id is a secret and is never logged. The currency is always named, and it is the rial; the
confirmation sends the very amount that the start sent. `data` and `errors` are an empty list or an object.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import requests
from django.utils.translation import gettext_lazy as _

from billing.gateways.base import (
    Answer,
    BankForm,
    Callback,
    CodeText,
    NewPayment,
    Outcome,
    Return,
    Sale,
    Started,
    Step,
)
from billing.gateways.fields import CARD_HASH, CODE, MOBILE, alarm, card, long, matching, number
from billing.gateways.zarinpal_codes import CODES, UNKNOWN_CODE
from septam import wire

logger = logging.getLogger(__name__)
CURRENCY = "IRR"
LONGEST_DESCRIPTION = 500
# -41 of the documentation: a hundred million toman.
LARGEST_RIAL = 1_000_000_000
STARTED = "100"
# Verified now, or before: the same success.
VERIFIED = {"100", "101"}
# Only this says for certain that no money was taken.
NOT_PAID = {"-51"}
NOT_SUCCESSFUL = "-61"
# The sale stands: the bank behind it cannot, or the half hour is over.
CANNOT_REVERSE = {"-60", "-63"}
STATUSES = {
    "VERIFIED": Outcome.PAID,
    "PAID": Outcome.PAID,
    "FAILED": Outcome.NOT_PAID,
    "REVERSED": Outcome.REVERSED,
}
CLAIMS = {"OK": Return.PAID, "NOK": Return.CANCELLED}

_AUTHORITY = re.compile(r"[AS][0-9A-Za-z]{35}")
_STATUS = re.compile(r"[A-Z_]{2,12}")


@dataclass(frozen=True)
class _Reply:
    """An answer: its code (empty: none came), and what `data` holds."""

    code: str = ""
    data: Mapping[str, Any] | None = None

    def text(self, name: str) -> str:
        """A text or a number of `data` as text."""
        value = (self.data or {}).get(name)
        return str(value) if isinstance(value, str | int) else ""


class Zarinpal:
    """The gateway; `timeouts` are seconds to connect and to wait for an answer."""

    title = _("Zarinpal")
    callback_method: Literal["GET", "POST"] = "GET"
    leads_on = True
    card_field = ""
    # No document names the time; unconfirmed money goes back, so we count on the shortest of the others.
    confirm_within = timedelta(minutes=15)
    settle_within = timedelta(hours=3)
    reverse_within = timedelta(minutes=30)
    can_reverse_settled = True
    can_inquire = True

    def __init__(
        self,
        *,
        service_url: str,
        page_url: str,
        merchant: str,
        timeouts: tuple[float, float] = (5, 10),
        largest_rial: int | None = LARGEST_RIAL,
    ) -> None:
        self.largest_rial = largest_rial
        self._service_url = service_url
        self._page_url = page_url
        self._merchant = merchant
        self._timeouts = timeouts

    def start(self, payment: NewPayment) -> Started:
        """request.json: code 100 and an authority."""
        metadata = {"order_id": str(payment.order_number)}
        if MOBILE.fullmatch(payment.mobile):
            metadata["mobile"] = payment.mobile
        reply = self._ask(
            "request",
            amount=long(payment.amount_rial),
            currency=CURRENCY,
            description=payment.description[:LONGEST_DESCRIPTION],
            callback_url=payment.callback_url,
            metadata=metadata,
        )
        authority = matching(_AUTHORITY, reply.text("authority"))
        if reply.code == STARTED and authority:
            return Started(token=authority, code=reply.code)
        return Started(code=reply.code)

    def form(self, token: str, mobile: str) -> BankForm:
        """The page's address ends with the authority."""
        return BankForm(f"{self._page_url}/{token}", {}, method="get")

    def parse_callback(self, fields: Mapping[str, str]) -> Callback | None:
        """`?Authority=…&Status=OK|NOK`; None without an authority and one of the two words."""
        authority = matching(_AUTHORITY, fields.get("Authority", ""))
        status = fields.get("Status", "").strip()
        if not authority or status not in CLAIMS:
            return None
        return Callback(token=authority, order_number=None, claim=CLAIMS[status], code=status)

    def confirm(self, sale: Sale, step: Step) -> Answer:
        """verify.json with the same amount; a verified sale has nothing left to settle."""
        if step == Step.SETTLE:
            return Answer(Outcome.PAID, is_settled=True)
        reply = self._ask("verify", authority=sale.token, amount=long(sale.amount_rial))
        reference = number(reply.text("ref_id"))
        if reply.code in VERIFIED and reference:
            return Answer(
                Outcome.PAID, reply.code, reference, card(reply.text("card_pan")),
                matching(CARD_HASH, reply.text("card_hash")), is_settled=True,
            )  # fmt: skip
        outcome = Outcome.NOT_PAID if reply.code in NOT_PAID else Outcome.UNKNOWN
        return Answer(outcome, reply.code)

    def inquire(self, sale: Sale) -> Answer:
        """inquiry.json; PAID and VERIFIED both say that the money is there."""
        reply = self._ask("inquiry", authority=sale.token)
        status = matching(_STATUS, reply.text("status"))
        return Answer(STATUSES.get(status, Outcome.UNKNOWN), status or reply.code)

    def reverse(self, sale: Sale) -> Answer:
        """reverse.json, for half an hour; -61 may say «done before», so the sale is then looked at."""
        reply = self._ask("reverse", authority=sale.token)
        if reply.code == NOT_SUCCESSFUL:
            now = self.inquire(sale)
            return now if now.outcome == Outcome.REVERSED else Answer(Outcome.UNKNOWN, reply.code)
        if reply.code in CANNOT_REVERSE:
            return Answer(Outcome.PAID, reply.code)
        return Answer(Outcome.REVERSED if reply.code == "100" else Outcome.UNKNOWN, reply.code)

    def unconfirmed(self) -> frozenset[str]:
        """unVerified.json: the last hundred sales that were paid and never confirmed."""
        listed = (self._ask("unVerified").data or {}).get("authorities")
        rows = listed if isinstance(listed, list) else []
        named = (str(row.get("authority", "")) for row in rows if isinstance(row, dict))
        return frozenset(name for name in named if _AUTHORITY.fullmatch(name))

    def explain(self, code: str) -> CodeText:
        """The table's line; an unlisted code is unknown, never a failure."""
        return CODES.get(code, UNKNOWN_CODE)

    def _ask(self, call: str, **body: Any) -> _Reply:
        try:
            with wire.session() as session:
                response = session.post(
                    f"{self._service_url}/{call}.json",
                    json={"merchant_id": self._merchant, **body},
                    headers={"Accept": "application/json"},
                    timeout=self._timeouts,
                )
            # Refusals come with a 4xx; a 5xx is not the service's own word.
            reply = _read(response.content) if response.status_code < 500 else None
        except (requests.RequestException, OSError, ValueError, RecursionError) as problem:
            # The problem's own text may hold what was sent; its name is enough.
            logger.warning("zarinpal %s: no answer (%s)", call, type(problem).__name__)
            return _Reply()
        if reply is None:
            logger.warning("zarinpal %s: no answer (not in its own words)", call)
            return _Reply()
        alarm("zarinpal", call, reply.code, self.explain(reply.code))
        return reply


def _read(content: bytes) -> _Reply | None:
    """The answer's code and data; None for what is no answer of this service."""
    answer = json.loads(content)
    if not isinstance(answer, dict):
        return None
    data, errors = answer.get("data"), answer.get("errors")
    # An error beside data outweighs it: a contradiction must not pass for a success.
    holder = errors if isinstance(errors, dict) and errors else data
    if not isinstance(holder, dict):
        return None
    code = holder.get("code")
    plain = str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""
    return _Reply(
        matching(CODE, plain), data if isinstance(data, dict) and holder is data else None
    )
