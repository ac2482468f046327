"""The banks as one program: their services, payment pages and control addresses.

Another bank's gateway is added as another module like zarinpal or parsian: its COUNTER, its OPERATIONS and a
Service with its paths. The ledger, clock and faults are shared.
"""

from __future__ import annotations

import threading
from pathlib import Path

from simulators.bank import behpardakht, behpardakht_service, counter, parsian, zarinpal
from simulators.bank.counter import Counter, PaymentPages
from simulators.bank.day_report import PATH as DAY_REPORT
from simulators.bank.day_report import day_report
from simulators.bank.exchange import Exchange
from simulators.bank.ledger import SCHEMA, Ledger, Terms
from simulators.bank.merchant import Merchant
from simulators.control import Control
from simulators.pages import fill, page, static_file
from simulators.store import Store
from simulators.web import (
    BadRequestError,
    Handler,
    Request,
    Response,
    RunningServer,
    json_response,
)

NAME = "bank"
PAGES = Path(__file__).parent / "pages"
STATIC = {
    "/static/simulator.css": PAGES.parent.parent / "simulator.css",
    "/static/return.js": PAGES / "return.js",
}
OPERATIONS = {
    **behpardakht_service.OPERATIONS,
    **zarinpal.OPERATIONS,
    **parsian.OPERATIONS,
    counter.CALLBACK: "بازگشت به پذیرنده",
}

# What the panel suggests for a code; which bank's they are stands beside each.
CODES = {
    "17": "به‌پرداخت: انصراف",
    "41": "به‌پرداخت: شماره تکراری",
    "43": "به‌پرداخت: تأیید شده بود",
    "45": "به‌پرداخت: واریز شده بود",
    "48": "به‌پرداخت: برگشت خورده",
    "421": "به‌پرداخت: IP نامعتبر",
    "34": "به‌پرداخت: خطای سامانه",
    "101": "زرین‌پال: تأیید شده بود",
    "-51": "زرین‌پال: پرداخت نشده",
    "-12": "زرین‌پال: تلاش بیش از حد",
    "-10": "زرین‌پال: پذیرنده یا IP نامعتبر",
    "-1533": "پارسیان: تأیید شده بود",
    "-1507": "پارسیان: برگشت خورده",
    "-112": "پارسیان: شماره تکراری",
    "-127": "پارسیان: IP نامعتبر",
    "-1": "پارسیان: خطای سامانه",
}


class BankSimulator:
    """Routes requests; keeps everything in the data folder."""

    name = NAME

    def __init__(self, folder: Path, merchant: Merchant) -> None:
        self.stopping = threading.Event()
        self._merchant = merchant
        self._store = Store(folder, SCHEMA)
        special = (counter.CALLBACK, counter.CALLBACK_KINDS)
        self._control = Control(NAME, self._store, OPERATIONS, special, CODES)
        self._now = self._control.clock.now
        self._terms = {
            merchant.terminal: Terms("behpardakht"),
            zarinpal.TERMINAL: Terms("zarinpal"),
            parsian.TERMINAL: Terms("parsian"),
        }
        self._ledger = Ledger(self._store, self._terms)
        self._paths: dict[str, Handler] = {
            "/": lambda request: page(fill(PAGES / "home.html")),
            "/_control/ledger": self._report,
            DAY_REPORT: self._day_report,
            **self._banks(),
        }

    def _banks(self) -> dict[str, Handler]:
        merchant, ledger, now = self._merchant, self._ledger, self._now
        faults, wait = self._control.faults, self.stopping.wait
        exchange = Exchange(ledger, faults, now, wait)
        first = behpardakht_service.Service(
            merchant,
            behpardakht.Behpardakht(merchant, ledger, now),
            exchange,
            faults,
            self._pages(behpardakht_service.COUNTER, merchant.terminal),
            wait,
        )
        second = self._pages(zarinpal.COUNTER, zarinpal.TERMINAL)
        third = self._pages(parsian.COUNTER, parsian.TERMINAL)
        return {
            **first.paths(),
            **zarinpal.Service(merchant, ledger, exchange, second, now).paths(),
            **parsian.Service(merchant, ledger, exchange, third, now).paths(),
        }

    def _pages(self, way: Counter, terminal: int) -> PaymentPages:
        return PaymentPages(
            way,
            terminal,
            self._merchant,
            self._ledger,
            self._control.faults,
            self._now,
            self.stopping.wait,
        )

    def handle(self, request: Request) -> Response:
        """Answer one request; raises what web.Simulator says."""
        shared = self._control.handle(request)
        if shared is not None:
            return shared
        if request.path in STATIC:
            return static_file(STATIC[request.path])
        answer = self._paths.get(request.path) or self._paths.get(_folder(request.path))
        return answer(request) if answer else Response(b"not found", 404, "text/plain")

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _report(self, request: Request) -> Response:
        return json_response(self._ledger.report(self._now()))

    def _day_report(self, request: Request) -> Response:
        now, bank = self._now(), request.query.get("bank", "behpardakht")
        terminals = {terms.bank: terminal for terminal, terms in self._terms.items()}
        if bank not in terminals:
            raise BadRequestError(f"bank must be one of {', '.join(terminals)}")
        return day_report(self._ledger.report(now)["sales"], terminals[bank], request, now)


def _folder(path: str) -> str:
    """The path up to its last stroke; the start page of the program stands for itself only."""
    return f"{path.rpartition('/')[0]}/" if path.count("/") > 1 else ""


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
