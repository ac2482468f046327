"""Parsian's three SOAP services: which status answers what, and what it does to the sale.

Choices of this simulator where the bank publishes nothing: unconfirmed money goes back after 20 minutes and
a confirmation then answers -1507; one with another order number or amount answers -1540; a repeated one is
-1533 without reference and card; reversal is possible for 30 minutes after the confirmation.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from simulators.bank.counter import CARD, CARD_HASH, Counter, refuse
from simulators.bank.exchange import Asked
from simulators.bank.ledger import Decision, Sale, State
from simulators.bank.service import BankService
from simulators.bank.soap import CONTENT_TYPE, Contract, SoapError, own_address, wsdl
from simulators.bank.soap import fault as soap_fault
from simulators.faults import Fault
from simulators.web import Handler, Request, Response

TERMINAL = 44123456
SERVICES = {
    "Sale": "/NewIPGServices/Sale/SaleService.asmx",
    "Confirm": "/NewIPGServices/Confirm/ConfirmService.asmx",
    "Reversal": "/NewIPGServices/Reverse/ReversalService.asmx",
}
PAGE, CHOICE_PATH = "/NewIPG/", "/NewIPG/choice"
SALE, CONFIRM = "SalePaymentRequest", "ConfirmPayment"
CONFIRM_WITH_AMOUNT, REVERSAL = "ConfirmPaymentWithAmount", "ReversalRequest"
OPERATIONS = {
    SALE: "پارسیان: درخواست پرداخت",
    CONFIRM: "پارسیان: تأیید",
    CONFIRM_WITH_AMOUNT: "پارسیان: تأیید با مبلغ",
    REVERSAL: "پارسیان: برگشت",
}
SMALLEST, LONGEST_DATA = 1_000, 500
REVERSE_WINDOW = 30 * 60
WRONG_PIN, ABOVE_LIMIT, REPEATED_ORDER, EMPTY, TOO_LONG = "-101", "-111", "-112", "-113", "-116"
FOREIGN_CALLBACK, BELOW_LIMIT, CANCELLED = "-127", "-132", "-138"
UNKNOWN, FAILED, CONFIRMED, OTHER_SALE = "-1528", "-1531", "-1533", "-1540"
GONE_BACK, TOO_LATE, NOT_NOW, REVERSED = "-1507", "-1549", "-1550", "-1551"
WRONG_CARD = "55"
EMPTY_CONFIRM = {"RRN": "0", "Token": "0"}

_NEVER_PAID: dict[State, Decision] = dict.fromkeys(
    (State.REQUESTED, State.CANCELLED, State.DECLINED), (FAILED, None)
)
CONFIRMING: Mapping[State, Decision] = _NEVER_PAID | {
    State.SOLD: ("0", State.SETTLED),
    State.VERIFIED: (CONFIRMED, None),
    State.SETTLED: (CONFIRMED, None),
    State.REVERSED: (GONE_BACK, None),
}
REVERSING: Mapping[State, Decision] = dict.fromkeys(State, (NOT_NOW, None)) | {
    State.SETTLED: ("0", State.REVERSED),
    State.REVERSED: (REVERSED, None),
}
# In the schema's order; Status stands where the result's own name says.
RESULT_FIELDS = {
    SALE: ("Token", "Message", "Status"),
    CONFIRM: ("Status", "CardNumberMasked", "RRN", "Token"),
    CONFIRM_WITH_AMOUNT: ("Status", "CardNumberMasked", "RRN", "Token"),
    REVERSAL: ("Status", "Token", "Message"),
}
Result = dict[str, str]


def callback_fields(sale: Sale) -> dict[str, str]:
    """The form that the browser posts to the shop; the amount has thousands separators."""
    reference = str(sale.sale_reference_id or 0)
    return {
        "Token": sale.ref_id,
        "status": sale.res_code,
        "OrderId": str(sale.order_id),
        "TerminalNo": str(sale.terminal),
        "RRN": reference,
        "HashCardNumber": CARD_HASH if sale.sale_reference_id else "",
        "Amount": f"{sale.amount:,}",
        "SwAmount": f"{sale.amount:,}",
        "STraceNo": reference[-6:],
    }


COUNTER = Counter(
    bank="پارسیان",
    choice_path=CHOICE_PATH,
    method="post",
    codes={"pay": "0", "cancel": CANCELLED, "fail": WRONG_CARD},
    fields=callback_fields,
    names={
        "ref_id": "Token",
        "sale_order_id": "OrderId",
        "final_amount": "Amount",
        "code": "status",
    },
)


@dataclass
class Service(BankService):
    """What the server routes to this bank."""

    def __post_init__(self) -> None:
        self._contracts = {
            path: (f"parsian/{name}Service.wsdl", Contract(f"parsian/{name}Service.wsdl"))
            for name, path in SERVICES.items()
        }
        self._calls: dict[str, Callable[[Result], Result]] = {
            SALE: self._sell,
            CONFIRM: self._confirm,
            CONFIRM_WITH_AMOUNT: self._confirm,
            REVERSAL: self._reverse,
        }

    def paths(self) -> dict[str, Handler]:
        """Address and what answers there."""
        services: dict[str, Handler] = dict.fromkeys(self._contracts, self._soap)
        return {**services, PAGE: self._start, CHOICE_PATH: self.pages.choose}

    def _start(self, request: Request) -> Response:
        if request.method != "GET" or request.path != PAGE:
            return refuse("این صفحه با نشانی آن باز می‌شود.")
        return self.pages.show(request.query.get("Token", ""))

    def _soap(self, request: Request) -> Response:
        name, contract = self._contracts[request.path]
        if request.method != "POST":
            return Response(wsdl(name, own_address(request)), 200, CONTENT_TYPE)
        if not request.headers.get("content-type", "").lower().startswith("text/xml"):
            return Response(b"SOAP 1.1 needs text/xml", 415, "text/plain")
        try:
            element = contract.read(request.body)
            _check_action(request, contract.namespace, element)
            return self._answer(contract, element)
        except SoapError as error:
            return Response(soap_fault(error), 500, CONTENT_TYPE)

    def _answer(self, contract: Contract, element: etree._Element) -> Response:
        operation = etree.QName(element).localname
        data = {
            etree.QName(field).localname: field.text or "" for holder in element for field in holder
        }

        def perform() -> tuple[str, Response]:
            result = self._perform(operation, data)
            return result["Status"], _envelope(contract, operation, result)

        def spoil(fault: Fault) -> Response:
            return _spoiled(contract, operation, fault)

        sale = self._found(data)
        order_id = int(data.get("OrderId") or 0) or (sale.order_id if sale else 0)
        return self.exchange.run(Asked(operation, TERMINAL, order_id), perform, spoil)

    def _perform(self, operation: str, data: Result) -> Result:
        if data.get("LoginAccount") != self.merchant.parsian_pin:
            return {"Status": WRONG_PIN, **EMPTY_CONFIRM}
        return self._calls[operation](data)

    def _sell(self, data: Result) -> Result:
        order_id = int(data["OrderId"])
        refusal = self._check_sale(data)
        if not refusal and not self.ledger.claim_order(TERMINAL, order_id):
            refusal = REPEATED_ORDER
        if refusal:
            return {"Token": "0", "Message": "refused", "Status": refusal}
        token = str(secrets.randbelow(9 * 10**14) + 10**14)
        self.ledger.open(
            TERMINAL, order_id, int(data["Amount"]), data["CallBackUrl"], token, self.now()
        )
        return {"Token": token, "Message": "ok", "Status": "0"}

    def _check_sale(self, data: Result) -> str:
        amount = int(data["Amount"])
        checks = (
            (bool(data.get("CallBackUrl")) and int(data["OrderId"]) > 0, EMPTY),
            (amount >= SMALLEST, BELOW_LIMIT),
            (amount <= self.merchant.largest_amount, ABOVE_LIMIT),
            (len(data.get("AdditionalData", "")) <= LONGEST_DATA, TOO_LONG),
            (self.merchant.owns(data.get("CallBackUrl", "")), FOREIGN_CALLBACK),
        )
        return next((code for holds, code in checks if not holds), "")

    def _confirm(self, data: Result) -> Result:
        sale = self._found(data)
        if sale is None:
            return {"Status": UNKNOWN, **EMPTY_CONFIRM}
        named = {"OrderId": str(sale.order_id), "Amount": str(sale.amount)}
        if any(data.get(name, value) != value for name, value in named.items()):
            return {"Status": OTHER_SALE, **EMPTY_CONFIRM}
        code = self.ledger.decide_for(sale, CONFIRMING, self.now())
        if code != "0":
            return {"Status": code, **EMPTY_CONFIRM}
        reference = str(sale.sale_reference_id)
        return {"Status": "0", "CardNumberMasked": CARD, "RRN": reference, "Token": sale.ref_id}

    def _reverse(self, data: Result) -> Result:
        sale, now = self._found(data), self.now()
        if sale is None:
            return {"Status": UNKNOWN, "Token": "0"}
        if sale.state == State.SETTLED and now > (sale.settled_at or 0) + REVERSE_WINDOW:
            return {"Status": TOO_LATE, "Token": sale.ref_id}
        return {
            "Status": self.ledger.decide_for(sale, REVERSING, now),
            "Token": sale.ref_id,
        }

    def _found(self, data: Result) -> Sale | None:
        return self.ledger.by_ref_id(TERMINAL, data.get("Token", ""), self.now())


def _check_action(request: Request, namespace: str, element: etree._Element) -> None:
    """The service finds the operation by this header; raises SoapError if it is another's."""
    action = request.headers.get("soapaction", "").strip('"')
    if action != f"{namespace}/{etree.QName(element).localname}":
        raise SoapError("Client", "the value of HTTP Header SOAPAction was not recognised")


def _envelope(contract: Contract, operation: str, result: Result | None) -> Response:
    """An answer; None leaves the result out, which the schema allows."""
    space = f"{{{contract.namespace}}}"
    element = etree.Element(f"{space}{operation}Response")
    if result is not None:
        holder = etree.SubElement(element, f"{space}{operation}Result")
        for name in RESULT_FIELDS[operation]:
            if name in result:
                etree.SubElement(holder, space + name).text = result[name]
    return Response(contract.answer(element), 200, CONTENT_TYPE)


def _spoiled(contract: Contract, operation: str, fault: Fault) -> Response:
    if fault.kind == "code":
        return _envelope(contract, operation, {"Status": fault.value, **EMPTY_CONFIRM})
    whole = _envelope(contract, operation, None)
    if fault.kind == "malformed":
        return Response(whole.body[: len(whole.body) // 2], 200, CONTENT_TYPE)
    return whole
