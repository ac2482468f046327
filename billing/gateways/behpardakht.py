"""Behpardakht Mellat (به‌پرداخت ملت): SOAP by zeep against the WSDL that stands beside this file.

The client is built lazily, once a process, without fetching anything; every call has time limits, and
whatever goes wrong on the way is an unknown outcome. The terminal's password is never logged.
"""

import logging
import re
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import requests
import zeep
from django.utils.translation import gettext_lazy as _
from zeep.transports import Transport

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
from billing.gateways.behpardakht_codes import CODES, UNKNOWN_CODE
from septam.clock import in_tehran

logger = logging.getLogger(__name__)
WSDL = Path(__file__).parent / "wsdl" / "pgw.wsdl"
BINDING = "{http://service.pgw.sw.bps.com/}PaymentGatewayImplServiceSoapBinding"
LARGEST_LONG = 2**63 - 1
LONGEST_DESCRIPTION = 1000

OPERATIONS = {Step.VERIFY: "bpVerifyRequest", Step.SETTLE: "bpSettleRequest"}
# A verify that was made before, or a sale that is settled already, is a success.
DONE = {Step.VERIFY: {"0", "43", "45"}, Step.SETTLE: {"0", "45"}}
# Only these say for certain that no money was taken; a refusal for any other reason is unknown.
NOT_PAID = {Step.VERIFY: {"42", "54", "55"}, Step.SETTLE: set[str]()}
REVERSED = "48"
USED_NUMBER = "41"
CANCELLED = "17"

_TOKEN = re.compile(r"[0-9A-Za-z]{1,64}")
_LONG = re.compile(r"[0-9]{1,19}")
_CODE = re.compile(r"[0-9]{1,6}")
_CARD = re.compile(r"[0-9*xX]{8,24}")
_HASH = re.compile(r"[0-9A-Za-z]{1,128}")


class Behpardakht:
    """The gateway; `timeouts` are seconds to connect and to wait for an answer."""

    title = _("Behpardakht Mellat")
    callback_method: Literal["GET", "POST"] = "POST"
    card_field = "CardHolderPan"
    confirm_within = timedelta(minutes=20)
    # Editions disagree on what becomes of an unsettled sale after this; none names a shorter time.
    settle_within = timedelta(hours=3)

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
    ) -> None:
        self.largest_rial = largest_rial
        self._service_url = service_url
        self._page_url = page_url
        self._credentials = {"terminalId": terminal, "userName": user, "userPassword": password}
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._service: Any = None

    def start(self, payment: NewPayment) -> Started:
        """bpPayRequest: `0,<RefId>` or a code."""
        moment = in_tehran(payment.moment)
        answer = self._call(
            "bpPayRequest",
            orderId=_long(payment.order_number),
            amount=_long(payment.amount_rial),
            localDate=f"{moment:%Y%m%d}",
            localTime=f"{moment:%H%M%S}",
            additionalData=payment.description[:LONGEST_DESCRIPTION],
            callBackUrl=payment.callback_url,
            payerId="0",
        )
        code, _comma, token = (part.strip() for part in answer.partition(","))
        if code == "0" and _TOKEN.fullmatch(token):
            return Started(token=token, code=code)
        self._alarm("bpPayRequest", code)
        return Started(code=code, number_was_used=code == USED_NUMBER)

    def form(self, token: str, mobile: str) -> BankForm:
        """The form to startpay; a mobile `09…` is the key of the payer's saved cards there."""
        fields = {"RefId": token}
        if re.fullmatch(r"09[0-9]{9}", mobile):
            fields["MobileNo"] = f"98{mobile[1:]}"
        return BankForm(self._page_url, fields)

    def parse_callback(self, fields: Mapping[str, str]) -> Callback | None:
        """The posted fields; None without RefId, SaleOrderId and ResCode."""
        token = _matching(_TOKEN, fields.get("RefId", ""))
        order_number = _number(fields.get("SaleOrderId", ""))
        code = _matching(_CODE, fields.get("ResCode", ""))
        if not (token and order_number and code):
            return None
        reference = _number(fields.get("SaleReferenceId", ""))
        return Callback(
            token=token,
            order_number=int(order_number),
            claim=_claim(code, reference),
            code=code,
            reference=reference,
            masked_card=_masked(_matching(_CARD, fields.get("CardHolderPan", ""))),
            card_hash=_matching(_HASH, fields.get("CardHolderInfo", "")),
            final_amount_rial=int(_number(fields.get("FinalAmount", "")) or 0) or None,
        )

    def confirm(self, sale: Sale, step: Step) -> Answer:
        """bpVerifyRequest or bpSettleRequest; 0, 43 and 45 are successes, 48 means reversed."""
        code = self._ask(OPERATIONS[step], sale)
        if code in DONE[step]:
            return Answer(Outcome.PAID, code)
        if code == REVERSED:
            return Answer(Outcome.REVERSED, code)
        if code in NOT_PAID[step]:
            return Answer(Outcome.NOT_PAID, code)
        self._alarm(OPERATIONS[step], code)
        return Answer(Outcome.UNKNOWN, code)

    def inquire(self, sale: Sale) -> Answer:
        """bpInquiryRequest; the bank publishes no table of its answers, so only 0 and 48 are believed."""
        code = self._ask("bpInquiryRequest", sale)
        known = {"0": Outcome.PAID, REVERSED: Outcome.REVERSED}
        return Answer(known.get(code, Outcome.UNKNOWN), code)

    def reverse(self, sale: Sale) -> Answer:
        """bpReversalRequest: possible after verify, for three hours, before settle."""
        code = self._ask("bpReversalRequest", sale)
        return Answer(Outcome.REVERSED if code in {"0", REVERSED} else Outcome.UNKNOWN, code)

    def unconfirmed(self) -> frozenset[str]:
        """This bank keeps no such list; it returns an unverified sale by itself."""
        return frozenset()

    def explain(self, code: str) -> CodeText:
        """The table's line; an unlisted code is unknown, never a failure."""
        return CODES.get(code, UNKNOWN_CODE)

    def _ask(self, operation: str, sale: Sale) -> str:
        number = _long(sale.order_number)
        return self._call(
            operation,
            orderId=number,
            saleOrderId=number,
            saleReferenceId=_long(int(sale.reference)),
        ).strip()

    def _call(self, operation: str, **fields: int | str) -> str:
        """The operation's answer; empty for none, and for whatever went wrong."""
        try:
            answer = getattr(self._bound(), operation)(**self._credentials, **fields)
        except (zeep.exceptions.Error, requests.RequestException, OSError, ValueError) as problem:
            # The problem's own text may hold the envelope; its name is enough.
            logger.warning("behpardakht %s: no answer (%s)", operation, type(problem).__name__)
            return ""
        return answer if isinstance(answer, str) else ""

    def _bound(self) -> Any:
        with self._lock:
            if self._service is None:
                self._service = self._client().create_service(BINDING, self._service_url)
            return self._service

    def _client(self) -> zeep.Client:
        session = requests.Session()
        # The bank knows the server's own address; a proxy of the environment would answer 421.
        session.trust_env = False
        transport = Transport(
            session=session, timeout=self._timeouts[1], operation_timeout=self._timeouts
        )
        strict = zeep.Settings(
            strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
        return zeep.Client(str(WSDL), transport=transport, settings=strict)

    def _alarm(self, operation: str, code: str) -> None:
        if self.explain(code).kind == "C":
            logger.error(
                "behpardakht %s: the bank refuses our configuration (code %s)", operation, code
            )


def _claim(code: str, reference: str) -> Return:
    if code == "0":
        return Return.PAID if reference else Return.FAILED
    if code == CANCELLED:
        return Return.CANCELLED
    # «No answer yet» with a reference: the bank itself has to say what became of it.
    unclear = CODES.get(code, UNKNOWN_CODE).kind == "R"
    return Return.PAID if unclear and reference else Return.FAILED


def _long(value: int) -> int:
    # zeep sends a float or a Decimal as it is; the bank would see another number than we keep.
    if type(value) is not int or not 0 < value <= LARGEST_LONG:
        raise TypeError(f"the bank takes whole positive numbers, not {value!r}")
    return value


def _masked(card: str) -> str:
    # The bank masks it already; a whole number must never be kept, whoever sent it.
    return f"{card[:6]}{'*' * (len(card) - 10)}{card[-4:]}" if len(card) > 12 else ""


def _number(value: str) -> str:
    """A positive number that fits the bank's long, else nothing."""
    digits = _matching(_LONG, value)
    return digits if digits and 0 < int(digits) <= LARGEST_LONG else ""


def _matching(pattern: re.Pattern[str], value: str) -> str:
    value = value.strip()
    return value if pattern.fullmatch(value) else ""
