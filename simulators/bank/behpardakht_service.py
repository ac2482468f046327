"""Behpardakht's addresses: the SOAP service with its two WSDL files, and the page that takes a RefId by POST."""

from __future__ import annotations

from lxml import etree

from simulators.bank import behpardakht
from simulators.bank.behpardakht import Call
from simulators.bank.counter import CARD, CARD_HASH, Counter, PaymentPages, refuse
from simulators.bank.exchange import Asked, Exchange
from simulators.bank.ledger import Sale
from simulators.bank.merchant import Merchant
from simulators.bank.soap import CONTENT_TYPE, Contract, SoapError, own_address, wsdl
from simulators.bank.soap import fault as soap_fault
from simulators.faults import Fault, FaultQueue, run_with_fault
from simulators.web import Handler, Request, Response, Wait

SOAP_PATH = "/pgwchannel/services/pgw"
START_PATH = "/pgwchannel/startpay.mellat"
CHOICE_PATH = "/pgwchannel/choice.mellat"
SERVICE_WSDL, IMPORTED_WSDL = "pgw.wsdl", "IPaymentGateway.wsdl"
WSDL = "wsdl"
CANCELLED, WRONG_CARD = "17", "11"
OPERATIONS = {
    **{name: f"به‌پرداخت: {title}" for name, title in behpardakht.OPERATIONS.items()},
    WSDL: "به‌پرداخت: دریافت WSDL",
}


def callback_fields(sale: Sale) -> dict[str, str]:
    """The form that the browser posts to the shop; references and card only after a sale."""
    fields = {
        "RefId": sale.ref_id,
        "ResCode": sale.res_code,
        "SaleOrderId": str(sale.order_id),
    }
    if sale.sale_reference_id is not None:
        fields |= {
            "SaleReferenceId": str(sale.sale_reference_id),
            "CardHolderPan": CARD,
            "CardHolderInfo": CARD_HASH,
            "CreditCardSaleResponseDetail": "",
            "FinalAmount": str(sale.amount),
        }
    return fields


COUNTER = Counter(
    bank="به‌پرداخت ملت",
    choice_path=CHOICE_PATH,
    method="post",
    codes={"pay": "0", "cancel": CANCELLED, "fail": WRONG_CARD},
    fields=callback_fields,
    names={
        "ref_id": "RefId",
        "sale_order_id": "SaleOrderId",
        "final_amount": "FinalAmount",
        "code": "ResCode",
    },
)


class Service:
    """What the server routes to this bank."""

    def __init__(
        self,
        merchant: Merchant,
        gateway: behpardakht.Behpardakht,
        exchange: Exchange,
        faults: FaultQueue,
        pages: PaymentPages,
        wait: Wait,
    ) -> None:
        self._merchant = merchant
        self._gateway = gateway
        self._exchange = exchange
        self._faults = faults
        self._pages = pages
        self._wait = wait
        self._contract = Contract(IMPORTED_WSDL)

    def paths(self) -> dict[str, Handler]:
        """Address and what answers there."""
        return {SOAP_PATH: self._soap, START_PATH: self._start, CHOICE_PATH: self._pages.choose}

    def _start(self, request: Request) -> Response:
        if request.method != "POST":
            return refuse("این صفحه تنها با ارسال فرم از سایت پذیرنده باز می‌شود.")
        if not self._merchant.owns(request.headers.get("referer", "")):
            return refuse(
                "نشانی سایت پذیرنده همراه درخواست نیامده یا با نشانی ثبت‌شده یکی نیست (Referer)."
            )
        return self._pages.show(request.form().get("RefId", ""))

    def _soap(self, request: Request) -> Response:
        if request.method != "POST":
            return self._wsdl(request)
        if not request.headers.get("content-type", "").lower().startswith("text/xml"):
            return Response(b"SOAP 1.1 needs text/xml", 415, "text/plain")
        try:
            return self._answer(_call(self._contract.read(request.body)))
        except SoapError as error:
            return Response(soap_fault(error), 500, CONTENT_TYPE)

    def _wsdl(self, request: Request) -> Response:
        if "wsdl" not in request.query:
            return Response(b"ask for ?wsdl", 400, "text/plain")
        imported = request.query["wsdl"] == IMPORTED_WSDL
        text = wsdl(IMPORTED_WSDL if imported else SERVICE_WSDL, own_address(request))
        return run_with_fault(
            self._faults.take(WSDL, any_operation=False),
            lambda: Response(text, 200, CONTENT_TYPE),
            lambda fault: Response(text[: len(text) // 2], 200, CONTENT_TYPE),
            self._wait,
        )

    def _answer(self, call: Call) -> Response:
        order = "orderId" if call.operation == behpardakht.PAY else "saleOrderId"
        asked = Asked(call.operation, call.number("terminalId"), call.number(order))

        def perform() -> tuple[str, Response]:
            code = self._gateway.perform(call)
            return code.partition(",")[0], self._return(call.operation, code)

        return self._exchange.run(asked, perform, lambda fault: self._spoiled(call, fault))

    def _spoiled(self, call: Call, fault: Fault) -> Response:
        if fault.kind == "malformed":
            whole = self._return(call.operation, "0").body
            return Response(whole[: len(whole) // 2], 200, CONTENT_TYPE)
        return self._return(call.operation, fault.value if fault.kind == "code" else None)

    def _return(self, operation: str, value: str | None) -> Response:
        """An answer; None leaves `return` out, which the schema allows."""
        element = etree.Element(f"{{{self._contract.namespace}}}{operation}Response")
        if value is not None:
            etree.SubElement(element, "return").text = value
        return Response(self._contract.answer(element), 200, CONTENT_TYPE)


def _call(element: etree._Element) -> Call:
    fields = {str(child.tag): child.text or "" for child in element}
    return Call(etree.QName(element).localname, fields)
