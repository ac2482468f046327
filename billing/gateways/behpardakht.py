"""Behpardakht Mellat (به‌پرداخت ملت): SOAP, merchant guide editions 1.29 to 1.39.

Every call has time limits, and whatever goes wrong on the way is an unknown outcome. The terminal's
password is never logged.
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
from billing.gateways.behpardakht_codes import CODES, UNKNOWN_CODE
from billing.gateways.fields import (
    CARD_HASH,
    CODE,
    MOBILE,
    alarm,
    card,
    claim,
    long,
    matching,
    number,
)
from billing.gateways.soap import SoapService
from septam.clock import in_tehran

BINDING = "{http://service.pgw.sw.bps.com/}PaymentGatewayImplServiceSoapBinding"
LONGEST_DESCRIPTION = 1000

PAY = "bpPayRequest"
OPERATIONS = {Step.VERIFY: "bpVerifyRequest", Step.SETTLE: "bpSettleRequest"}
# Both halves in one call; only in editions 1.38 and later.
ONE_STEP = "bpVerifySettleRequest"
# A verify that was made before, or a sale that is settled already, is a success.
DONE = {Step.VERIFY: {"0", "43", "45"}, Step.SETTLE: {"0", "45"}}
# Only these say for certain that no money was taken; a refusal for any other reason is unknown.
NOT_PAID = {Step.VERIFY: {"42", "54", "55"}, Step.SETTLE: set[str]()}
# After the one-step call: 43 says that a verify exists, and nothing of the settle half.
SETTLED = {"0", "45"}
ALREADY_SETTLED = "45"
REVERSED = "48"
USED_NUMBER = "41"
CANCELLED = "17"

_TOKEN = re.compile(r"[0-9A-Za-z]{1,64}")


class Behpardakht:
    """The gateway; `timeouts` are seconds to connect and to wait for an answer."""

    title = _("Behpardakht Mellat")
    callback_method: Literal["GET", "POST"] = "POST"
    leads_on = False
    card_field = "CardHolderPan"
    confirm_within = timedelta(minutes=20)
    # Editions disagree on what becomes of an unsettled sale after this; none names a shorter time.
    settle_within = timedelta(hours=3)
    # After verify, and only until settle.
    reverse_within = timedelta(hours=3)
    can_reverse_settled = False
    can_inquire = True

    def __init__(
        self,
        *,
        service_url: str,
        page_url: str,
        terminal: int,
        user: str,
        password: str,
        timeouts: tuple[float, float] = (5, 10),
        largest_rial: int | None = None,
        one_step: bool = False,
    ) -> None:
        self.largest_rial = largest_rial
        self._page_url = page_url
        self._credentials = {"terminalId": terminal, "userName": user, "userPassword": password}
        self._one_step = one_step
        self._service = SoapService("behpardakht", "pgw.wsdl", BINDING, service_url, timeouts)

    def start(self, payment: NewPayment) -> Started:
        """bpPayRequest: `0,<RefId>` or a code."""
        moment = in_tehran(payment.moment)
        answer = self._call(
            PAY,
            orderId=long(payment.order_number),
            amount=long(payment.amount_rial),
            localDate=f"{moment:%Y%m%d}",
            localTime=f"{moment:%H%M%S}",
            additionalData=payment.description[:LONGEST_DESCRIPTION],
            callBackUrl=payment.callback_url,
            payerId="0",
        )
        code, _comma, token = (part.strip() for part in answer.partition(","))
        if code == "0" and _TOKEN.fullmatch(token):
            return Started(token=token, code=code)
        self._alarm(PAY, code)
        return Started(code=code, number_was_used=code == USED_NUMBER)

    def form(self, token: str, mobile: str) -> BankForm:
        """The form to startpay; a mobile `09…` is the key of the payer's saved cards there."""
        fields = {"RefId": token}
        if MOBILE.fullmatch(mobile):
            fields["MobileNo"] = f"98{mobile[1:]}"
        return BankForm(self._page_url, fields)

    def parse_callback(self, fields: Mapping[str, str]) -> Callback | None:
        """The posted fields; None without RefId, SaleOrderId and ResCode."""
        token = matching(_TOKEN, fields.get("RefId", ""))
        order_number = number(fields.get("SaleOrderId", ""))
        code = matching(CODE, fields.get("ResCode", ""))
        if not (token and order_number and code):
            return None
        reference = number(fields.get("SaleReferenceId", ""))
        return Callback(
            token=token,
            order_number=int(order_number),
            claim=claim(code == "0", code == CANCELLED, self.explain(code), reference),
            code=code,
            reference=reference,
            masked_card=card(fields.get(self.card_field, "")),
            card_hash=matching(CARD_HASH, fields.get("CardHolderInfo", "")),
            final_amount_rial=int(number(fields.get("FinalAmount", "")) or 0) or None,
        )

    def confirm(self, sale: Sale, step: Step) -> Answer:
        """bpVerifyRequest or bpSettleRequest; 0, 43 and 45 are successes, 48 means reversed.

        With `one_step` the verify is bpVerifySettleRequest, which settles as well unless it answers 43.
        """
        in_one = self._one_step and step == Step.VERIFY
        operation = ONE_STEP if in_one else OPERATIONS[step]
        code = self._ask(operation, sale)
        if code in DONE[step]:
            return Answer(Outcome.PAID, code, is_settled=in_one and code in SETTLED)
        if code == REVERSED:
            return Answer(Outcome.REVERSED, code)
        if code in NOT_PAID[step]:
            return Answer(Outcome.NOT_PAID, code)
        self._alarm(operation, code)
        return Answer(Outcome.UNKNOWN, code)

    def inquire(self, sale: Sale) -> Answer:
        """bpInquiryRequest; the bank publishes no table of its answers, so only 0 and 48 are believed."""
        code = self._ask("bpInquiryRequest", sale)
        known = {"0": Outcome.PAID, REVERSED: Outcome.REVERSED}
        return Answer(known.get(code, Outcome.UNKNOWN), code)

    def reverse(self, sale: Sale) -> Answer:
        """bpReversalRequest: possible after verify, for three hours, before settle; 45 says that it is too late."""
        code = self._ask("bpReversalRequest", sale)
        known = {"0": Outcome.REVERSED, REVERSED: Outcome.REVERSED, ALREADY_SETTLED: Outcome.PAID}
        return Answer(known.get(code, Outcome.UNKNOWN), code)

    def unconfirmed(self) -> frozenset[str]:
        """This bank keeps no such list; it returns an unverified sale by itself."""
        return frozenset()

    def explain(self, code: str) -> CodeText:
        """The table's line; an unlisted code is unknown, never a failure."""
        return CODES.get(code, UNKNOWN_CODE)

    def _ask(self, operation: str, sale: Sale) -> str:
        order = long(sale.order_number)
        return self._call(
            operation,
            orderId=order,
            saleOrderId=order,
            saleReferenceId=long(int(sale.reference)),
        ).strip()

    def _call(self, operation: str, **fields: int | str) -> str:
        """The operation's answer; empty for none, and for whatever went wrong."""
        answer = self._service.call(operation, **self._credentials, **fields)
        return (answer or {}).get("return", "")

    def _alarm(self, operation: str, code: str) -> None:
        alarm("behpardakht", operation, code, self.explain(code))
