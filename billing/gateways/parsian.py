"""Parsian e-commerce (پارسیان): SOAP, three services. One confirmation, which checks the amount; no settle step.

The merchant's PIN (LoginAccount) is a secret and is never logged. The callback's field names differ in
their letters' case from document to document, so they are read without regard to it.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from django.utils.translation import gettext_lazy as _

from billing.gateways.base import (
    Answer,
    BankForm,
    Callback,
    CodeText,
    NewPayment,
    Outcome,
    Sale,
    Started,
    Step,
)
from billing.gateways.fields import CARD_HASH, CODE, alarm, card, claim, long, matching, number
from billing.gateways.parsian_codes import CODES, UNKNOWN_CODE
from billing.gateways.soap import SoapService

NAMESPACE = "https://pec.Shaparak.ir/NewIPGServices"
PATHS = {
    "Sale": "Sale/SaleService.asmx",
    "Confirm": "Confirm/ConfirmService.asmx",
    # The address says Reverse, the namespace Reversal.
    "Reversal": "Reverse/ReversalService.asmx",
}
SALE, CONFIRM, REVERSAL = "SalePaymentRequest", "ConfirmPaymentWithAmount", "ReversalRequest"
SERVICE_OF = {SALE: "Sale", CONFIRM: "Confirm", REVERSAL: "Reversal"}
LONGEST_DATA = 500
GOOD = "0"
# Confirmed before: a success, because the row is ours and locked.
DONE_BEFORE = {"-1533", "2"}
# Only these say for certain that no money was taken.
NOT_PAID = {"-138", "-1528", "-1531"}
REVERSED = {"-102", "-1507", "-1551"}
# The sale stands: the time is over, or this merchant may not.
CANNOT_REVERSE = {"-108", "-1549", "-1552"}
USED_NUMBER = "-112"
CANCELLED = "-138"

_AMOUNT = re.compile(r"[0-9][0-9,٬]{0,25}")


class Parsian:
    """The gateway; `timeouts` are seconds to connect and to wait for an answer."""

    title = _("Parsian")
    callback_method: Literal["GET", "POST"] = "POST"
    leads_on = False
    card_field = ""
    # No document names the time; a quarter of an hour is the shortest that others do.
    confirm_within = timedelta(minutes=15)
    settle_within = timedelta(hours=3)
    # The bank says itself when it is over (-1549); nobody publishes the time.
    reverse_within = timedelta(minutes=30)
    can_reverse_settled = True
    can_inquire = False

    def __init__(
        self,
        *,
        service_url: str,
        page_url: str,
        pin: str,
        timeouts: tuple[float, float] = (5, 10),
        largest_rial: int | None = None,
    ) -> None:
        self.largest_rial = largest_rial
        self._page_url = page_url
        self._pin = pin
        self._services = {
            name: SoapService(
                "parsian", f"parsian/{name}Service.wsdl",
                f"{{{NAMESPACE}/{name}/{name}Service}}{name}ServiceSoap", f"{service_url}/{path}", timeouts,
            )
            for name, path in PATHS.items()
        }  # fmt: skip

    def start(self, payment: NewPayment) -> Started:
        """SalePaymentRequest: status 0 and a token above nought."""
        result = self._call(
            SALE,
            Amount=long(payment.amount_rial),
            OrderId=long(payment.order_number),
            CallBackUrl=payment.callback_url,
            AdditionalData=payment.description[:LONGEST_DATA],
            Originator=payment.mobile,
        )
        code, token = _status(result), number(result.get("Token", ""))
        if code == GOOD and token:
            return Started(token=token, code=code)
        return Started(code=code, number_was_used=code == USED_NUMBER)

    def form(self, token: str, mobile: str) -> BankForm:
        """The page's address with the token as its query."""
        return BankForm(self._page_url, {"Token": token}, method="get")

    def parse_callback(self, fields: Mapping[str, str]) -> Callback | None:
        """The posted fields; None without Token, OrderId and status."""
        named = {name.lower(): fields[name] for name in list(fields)[:30]}
        token, order_number = number(named.get("token", "")), number(named.get("orderid", ""))
        code = matching(CODE, named.get("status", ""))
        if not (token and order_number and code):
            return None
        reference = number(named.get("rrn", ""))
        return Callback(
            token=str(int(token)),
            order_number=int(order_number),
            claim=claim(code == GOOD, code == CANCELLED, self.explain(code), reference),
            code=code,
            reference=reference,
            card_hash=matching(CARD_HASH, named.get("hashcardnumber", "")),
            final_amount_rial=_amount(named.get("amount", "")),
        )

    def confirm(self, sale: Sale, step: Step) -> Answer:
        """ConfirmPaymentWithAmount: the bank compares the amount; a confirmed sale has nothing left to settle."""
        if step == Step.SETTLE:
            return Answer(Outcome.PAID, is_settled=True)
        result = self._call(
            CONFIRM,
            Token=long(int(sale.token)),
            OrderId=long(sale.order_number),
            Amount=long(sale.amount_rial),
        )
        code, reference = _status(result), number(result.get("RRN", ""))
        if (code == GOOD and reference) or code in DONE_BEFORE:
            return Answer(
                Outcome.PAID, code, reference, card(result.get("CardNumberMasked", "")), is_settled=True
            )  # fmt: skip
        if code in REVERSED:
            return Answer(Outcome.REVERSED, code)
        return Answer(Outcome.NOT_PAID if code in NOT_PAID else Outcome.UNKNOWN, code)

    def inquire(self, sale: Sale) -> Answer:
        """This gateway has no such call; a confirmation repeated says the same."""
        return Answer(Outcome.UNKNOWN)

    def reverse(self, sale: Sale) -> Answer:
        """ReversalRequest; «already reversed» is a success."""
        code = _status(self._call(REVERSAL, Token=long(int(sale.token))))
        if code == GOOD or code in REVERSED:
            return Answer(Outcome.REVERSED, code)
        return Answer(Outcome.PAID if code in CANNOT_REVERSE else Outcome.UNKNOWN, code)

    def unconfirmed(self) -> frozenset[str]:
        """This bank keeps no such list; it returns an unconfirmed sale by itself."""
        return frozenset()

    def explain(self, code: str) -> CodeText:
        """The table's line; an unlisted code is unknown, never a failure."""
        return CODES.get(code, UNKNOWN_CODE)

    def _call(self, operation: str, **fields: int | str) -> Mapping[str, str]:
        """The operation's answer; empty for none, and for whatever went wrong."""
        service = self._services[SERVICE_OF[operation]]
        result = service.call(operation, requestData={"LoginAccount": self._pin, **fields}) or {}
        code = _status(result)
        alarm("parsian", operation, code, self.explain(code))
        return result


def _status(result: Mapping[str, str]) -> str:
    return matching(CODE, result.get("Status", ""))


def _amount(value: str) -> int | None:
    """`6,932,400` as a number of rial; None for anything else."""
    digits = re.sub("[,٬]", "", matching(_AMOUNT, value))
    return int(number(digits) or 0) or None
