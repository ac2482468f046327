"""The bank as one program: SOAP service, payment pages, control addresses.

Another bank's gateway is added as another pair of modules like behpardakht and payment_pages, with
its paths in BankSimulator._pages; the ledger, clock and faults are shared.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path

from simulators.bank import behpardakht, payment_pages
from simulators.bank.day_report import PATH as DAY_REPORT
from simulators.bank.day_report import day_report
from simulators.bank.ledger import SCHEMA, Ledger
from simulators.bank.merchant import Merchant
from simulators.bank.soap import CONTENT_TYPE, Call, Contract, SoapError
from simulators.bank.soap import fault as soap_fault
from simulators.control import Control
from simulators.faults import Fault, run_with_fault
from simulators.pages import fill, page, static_file
from simulators.store import Store
from simulators.web import Request, Response, RunningServer, json_response

NAME = "bank"
SOAP_PATH = "/pgwchannel/services/pgw"
IMPORTED_WSDL = "IPaymentGateway.wsdl"
WSDL = "wsdl"
OWN_ADDRESS = re.compile(r"(localhost|127\.0\.0\.1|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)
PAGES = Path(__file__).parent / "pages"
STATIC = {
    "/static/simulator.css": PAGES.parent.parent / "simulator.css",
    "/static/return.js": PAGES / "return.js",
}
OPERATIONS = {
    **behpardakht.OPERATIONS,
    WSDL: "دریافت WSDL",
    payment_pages.CALLBACK: "بازگشت به پذیرنده",
}


class BankSimulator:
    """Routes requests; keeps everything in the data folder."""

    name = NAME

    def __init__(self, folder: Path, merchant: Merchant) -> None:
        self.stopping = threading.Event()
        self._store = Store(folder, SCHEMA)
        special = (payment_pages.CALLBACK, payment_pages.CALLBACK_KINDS)
        self._control = Control(NAME, self._store, OPERATIONS, special)
        self._clock = self._control.clock
        self._faults = self._control.faults
        self._ledger = Ledger(self._store)
        self._merchant = merchant
        self._contract = Contract()
        self._gateway = behpardakht.Behpardakht(merchant, self._ledger, self._clock.now)
        pages = payment_pages.PaymentPages(merchant, self._ledger, self._faults, self._clock.now)
        self._pages = {
            "/": lambda request: page(fill(PAGES / "home.html")),
            SOAP_PATH: self._soap,
            payment_pages.START_PATH: pages.start,
            payment_pages.CHOICE_PATH: pages.choose,
            "/_control/ledger": self._report,
            DAY_REPORT: self._day_report,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request; raises what web.Simulator says."""
        shared = self._control.handle(request)
        if shared is not None:
            return shared
        if request.path in STATIC:
            return static_file(STATIC[request.path])
        serve_page = self._pages.get(request.path)
        return serve_page(request) if serve_page else Response(b"not found", 404, "text/plain")

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _report(self, request: Request) -> Response:
        return json_response(self._ledger.report(self._clock.now()))

    def _day_report(self, request: Request) -> Response:
        now = self._clock.now()
        return day_report(self._ledger.report(now)["sales"], self._merchant.terminal, request, now)

    def _soap(self, request: Request) -> Response:
        if request.method != "POST":
            return self._wsdl(request)
        if not request.headers.get("content-type", "").lower().startswith("text/xml"):
            return Response(b"SOAP 1.1 needs text/xml", 415, "text/plain")
        try:
            return self._answer(self._contract.read(request.body))
        except SoapError as error:
            return Response(soap_fault(error), 500, CONTENT_TYPE)

    def _wsdl(self, request: Request) -> Response:
        if "wsdl" not in request.query:
            return Response(b"ask for ?wsdl", 400, "text/plain")
        host = request.headers.get("host", "")
        base_url = f"http://{host}" if OWN_ADDRESS.fullmatch(host) else "http://localhost"
        text = self._contract.wsdl(request.query["wsdl"] == IMPORTED_WSDL, base_url)
        fault = self._faults.take(WSDL, any_operation=False)
        return run_with_fault(
            fault,
            lambda: Response(text, 200, CONTENT_TYPE),
            lambda fault: Response(text[: len(text) // 2], 200, CONTENT_TYPE),
            self.stopping.wait,
        )

    def _answer(self, call: Call) -> Response:
        fault = self._faults.take(call.operation)
        if fault is not None and not fault.is_executed and fault.kind != "delay":
            self._record(call, "", fault)
        return run_with_fault(
            fault,
            lambda: self._perform(call, fault),
            lambda fault: self._spoiled(call, fault),
            self.stopping.wait,
        )

    def _perform(self, call: Call, fault: Fault | None) -> Response:
        code = self._gateway.perform(call)
        self._record(call, code, fault, executed=True)
        return Response(self._contract.answer(call.operation, code), 200, CONTENT_TYPE)

    def _spoiled(self, call: Call, fault: Fault) -> Response:
        if fault.kind == "malformed":
            whole = self._contract.answer(call.operation, "0")
            return Response(whole[: len(whole) // 2], 200, CONTENT_TYPE)
        value = fault.value if fault.kind == "code" else None
        return Response(self._contract.answer(call.operation, value), 200, CONTENT_TYPE)

    def _record(self, call: Call, code: str, fault: Fault | None, executed: bool = False) -> None:
        order = "orderId" if call.operation == behpardakht.PAY else "saleOrderId"
        self._ledger.record_call(
            call.operation,
            call.number("terminalId"),
            call.number(order),
            code.partition(",")[0],
            executed,
            fault.kind if fault else "",
            self._clock.now(),
        )


def serve(
    port: int = 0, data: Path | str = "var/bank-simulator", merchant: Merchant | None = None
) -> RunningServer:
    """Start the bank in threads of this process; stop() ends it. Raises OSError (port taken)."""
    simulator = BankSimulator(Path(data), merchant or Merchant())
    try:
        return RunningServer(simulator, port)
    except OSError:
        simulator.close()
        raise
