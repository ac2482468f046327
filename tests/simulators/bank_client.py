"""A shop and its browser, as small as a test of the simulated bank needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import requests
import zeep
from lxml import html

from simulators.web import RunningServer

TERMINAL, USER, PASSWORD = 1234567, "septam", "demo-pass"
CALLBACK = "http://127.0.0.1:8000/billing/callback"
SHOP = {"Referer": "http://127.0.0.1:8000/"}


@dataclass
class Form:
    """The first form of a page, with its hidden fields."""

    action: str
    fields: dict[str, str]


@dataclass
class Shop:
    """Calls the bank as the portal does, and walks its pages as a browser does."""

    server: RunningServer
    orders: Any = field(default_factory=lambda: count(1001))

    def __post_init__(self) -> None:
        settings = zeep.Settings(strict=True)
        self.soap = zeep.Client(
            f"{self.url}/pgwchannel/services/pgw?wsdl", settings=settings
        ).service

    @property
    def url(self) -> str:
        return self.server.url

    def pay(self, **changes: Any) -> str:
        """bpPayRequest with good values, some of them changed; the bank's answer."""
        values = {
            "terminalId": TERMINAL,
            "userName": USER,
            "userPassword": PASSWORD,
            "orderId": next(self.orders) if "orderId" not in changes else 0,
            "amount": 6_932_400,
            "localDate": "20240325",
            "localTime": "090503",
            "additionalData": "کارشناسی",
            "callBackUrl": CALLBACK,
            "payerId": "0",
        }
        return str(self.soap.bpPayRequest(**{**values, **changes}))

    def start(self, ref_id: str, headers: dict[str, str] | None = None) -> requests.Response:
        """What the browser does with the RefId."""
        return requests.post(
            f"{self.url}/pgwchannel/startpay.mellat",
            data={"RefId": ref_id},
            headers=SHOP if headers is None else headers,
            timeout=5,
        )

    def choose(self, page: requests.Response, choice: str) -> requests.Response:
        """Press one of the payment page's buttons."""
        form = form_of(page)
        fields = {**form.fields, "choice": choice}
        return requests.post(self.url + form.action, data=fields, timeout=5)

    def sell(self, **changes: Any) -> dict[str, str]:
        """A whole payment up to the fields of its callback."""
        ref_id = self.pay(**changes).removeprefix("0,")
        return form_of(self.choose(self.start(ref_id), "pay")).fields

    def call(self, operation: str, callback: dict[str, str], **changes: Any) -> Any:
        """One of the six-parameter operations for a sale."""
        values = {
            "terminalId": TERMINAL,
            "userName": USER,
            "userPassword": PASSWORD,
            "orderId": int(callback["SaleOrderId"]),
            "saleOrderId": int(callback["SaleOrderId"]),
            "saleReferenceId": int(callback["SaleReferenceId"]),
        }
        return self.soap[operation](**{**values, **changes})

    def post(self, path: str, body: object) -> Any:
        """A control address."""
        answer = requests.post(self.url + path, json=body, timeout=5)
        answer.raise_for_status()
        return answer.json()

    def ledger(self) -> Any:
        return requests.get(f"{self.url}/_control/ledger", timeout=5).json()

    def sale(self, callback: dict[str, str]) -> Any:
        """The bank's own record of a sale."""
        number = int(callback["SaleOrderId"])
        return next(sale for sale in self.ledger()["sales"] if sale["order_id"] == number)


def form_of(page: requests.Response) -> Form:
    """The page's first form; fails if there is none."""
    form = html.fromstring(page.content.decode()).forms[0]
    hidden = form.xpath('.//input[@type="hidden"]')
    return Form(form.get("action"), {field.get("name"): field.get("value") for field in hidden})
