"""The simulated bank behind the real adapter, and a payer's browser in front of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
import pytest
import requests
from django.test import Client
from lxml import html

from accounts.models import User
from billing import gateways, orders
from billing.cart import cart_of
from billing.gateways import BankForm
from billing.models import Order, PaymentAttempt
from inspections import workflow
from septam.bank_settings import all_gateways
from simulators.bank import serve
from tests.make import make_place

GATEWAY = "behpardakht"
CALLBACK = f"/bank/{GATEWAY}/callback/"


@dataclass
class Bank:
    """A running bank, its books and its faults."""

    url: str

    def fault(self, operation: str, kind: str, **more: Any) -> None:
        """Let the next call of the operation go wrong."""
        body = {"operation": operation, "kind": kind, **more}
        requests.post(f"{self.url}/_control/faults", json=body, timeout=5).raise_for_status()

    def move_clock(self, seconds: int) -> None:
        """Set the bank's clock so far ahead."""
        requests.post(
            f"{self.url}/_control/clock", json={"offset_seconds": seconds}, timeout=5
        ).raise_for_status()

    def ledger(self) -> dict[str, Any]:
        """What the bank took, and every call."""
        return dict(requests.get(f"{self.url}/_control/ledger", timeout=10).json())

    def sale(self, attempt: PaymentAttempt) -> dict[str, Any]:
        """The bank's record of one attempt."""
        sales = self.ledger()["sales"]
        return next(sale for sale in sales if sale["order_id"] == attempt.order_number)

    def finish(self, token: str, choice: str = "pay") -> dict[str, str]:
        """Go to the bank's page, press a button (pay, cancel, fail); the fields of the way back."""
        start = requests.post(
            f"{self.url}/pgwchannel/startpay.mellat", data={"RefId": token},
            headers={"Referer": "http://127.0.0.1:8000/"}, timeout=5,
        )  # fmt: skip
        form = html.fromstring(start.content.decode()).forms[0]
        answer = requests.post(
            self.url + form.action, data={**dict(form.form_values()), "choice": choice}, timeout=5
        )
        return dict(html.fromstring(answer.content.decode()).forms[0].form_values())

    def walk(self, form: BankForm, choice: str = "pay") -> dict[str, str]:
        """The same at any of the banks, by the form that the portal gives the browser."""
        headers = {"Referer": "http://127.0.0.1:8000/"}
        if form.method == "get":
            start = requests.get(form.address, headers=headers, timeout=5)
        else:
            start = requests.post(form.url, data=dict(form.fields), headers=headers, timeout=5)
        page = html.fromstring(start.content.decode()).forms[0]
        answer = requests.post(
            self.url + page.action, data={**dict(page.form_values()), "choice": choice}, timeout=30
        )
        return dict(html.fromstring(answer.content.decode()).forms[0].form_values())


@pytest.fixture(scope="session")
def bank_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One bank for all tests of a process; order numbers are never reused, as in life."""
    folder: Path = tmp_path_factory.mktemp("bank")
    server = serve(port=0, data=folder)
    yield server.url
    server.stop()


@pytest.fixture
def bank(bank_server: str, settings: Any) -> Bank:
    """The portal's gateway leads to this bank; no fault waits and its clock is right."""
    requests.post(f"{bank_server}/_control/reset", timeout=5).raise_for_status()
    known = all_gateways(environ.Env(), bank_server, production=False)
    settings.GATEWAYS = {name: {**options, "timeouts": (2, 8)} for name, options in known.items()}
    settings.GATEWAYS_ON = [GATEWAY]
    return Bank(bank_server)


@pytest.fixture
def banks(bank: Bank, settings: Any) -> Bank:
    """The same with all of them offered."""
    settings.GATEWAYS_ON = list(settings.GATEWAYS)
    return bank


def make_cart(owner: User, *titles: str, **fields: Any) -> None:
    """Places with these titles, each requested and in the cart."""
    for title in titles or ("طلافروشی حسینی",):
        workflow.open_request(make_place(owner, title, **fields), owner)


def make_order(owner: User, *titles: str) -> Order:
    """An open order of such a cart."""
    make_cart(owner, *titles)
    return orders.checkout(owner, cart_of(owner).payable_rial)


def browser_back(fields: dict[str, str], name: str = GATEWAY) -> Any:
    """The bank's way back by its method, through a browser that sends no cookies."""
    if gateways.gateway(name).callback_method == "GET":
        return Client().get(f"/bank/{name}/callback/", fields)
    return Client().post(f"/bank/{name}/callback/", fields)


Finish = Callable[..., dict[str, str]]
