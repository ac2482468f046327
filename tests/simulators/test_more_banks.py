"""Zarinpal and Parsian as the simulator plays them: what they check, the same books, clock and faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import html

from simulators import bank
from simulators.bank import parsian, zarinpal
from simulators.bank.merchant import DEFAULT_PARSIAN_PIN, DEFAULT_ZARINPAL
from simulators.web import RunningServer

AMOUNT = 6_932_400
CALLBACK = "http://127.0.0.1:8000/back/"


@dataclass
class Shop:
    """A merchant of both."""

    server: RunningServer
    orders: Any

    def ask(self, call: str, **body: Any) -> requests.Response:
        """A call of Zarinpal's, with the right merchant unless another is given."""
        return requests.post(
            f"{self.server.url}/pg/v4/payment/{call}.json",
            json={"merchant_id": DEFAULT_ZARINPAL, **body}, timeout=10,
        )  # fmt: skip

    def request(self, **changes: Any) -> requests.Response:
        order = str(next(self.orders))
        good = {
            "amount": AMOUNT, "currency": "IRR", "description": "کارشناسی", "callback_url": CALLBACK,
            "metadata": {"order_id": order},
        }  # fmt: skip
        return self.ask("request", **(good | changes))

    def soap(self, service: str) -> Any:
        """One of Parsian's services, by the WSDL that it serves."""
        path = parsian.SERVICES[service]
        return zeep.Client(f"{self.server.url}{path}?wsdl").service

    def sell(self, **changes: Any) -> Any:
        good = {
            "LoginAccount": DEFAULT_PARSIAN_PIN, "Amount": AMOUNT, "OrderId": next(self.orders),
            "CallBackUrl": CALLBACK, "AdditionalData": "", "Originator": "",
        }  # fmt: skip
        return self.soap("Sale").SalePaymentRequest(requestData=good | changes)

    def walk(self, page: str, choice: str = "pay") -> Any:
        """Open a payment page and press a button; the form of the way back."""
        start = requests.get(self.server.url + page, timeout=5)
        form = html.fromstring(start.content.decode()).forms[0]
        fields = {**dict(form.form_values()), "choice": choice}
        answer = requests.post(self.server.url + form.action, data=fields, timeout=15)
        return html.fromstring(answer.content.decode()).forms[0]

    def fault(self, operation: str, kind: str, **more: Any) -> requests.Response:
        body = {"operation": operation, "kind": kind, **more}
        return requests.post(f"{self.server.url}/_control/faults", json=body, timeout=5)

    def ledger(self) -> Any:
        return requests.get(f"{self.server.url}/_control/ledger", timeout=5).json()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with bank.serve(data=tmp_path) as server:
        yield Shop(server, count(1001))


def code(response: requests.Response) -> int:
    """The code of either half; the other half is an empty list."""
    body = response.json()
    full, empty = ("data", "errors") if body["data"] else ("errors", "data")
    assert body[empty] == []
    return int(body[full]["code"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 100),
        ({"amount": 999}, -9),
        ({"amount": 1000.0}, -9),
        ({"amount": True}, -9),
        ({"amount": "6932400"}, -9),
        ({"currency": "USD"}, -9),
        ({"description": ""}, -9),
        ({"description": "x" * 501}, -9),
        ({"metadata": {"order_id": 5}}, -9),
        ({"merchant_id": "short"}, -9),
        ({"merchant_id": "11111111-1111-4111-8111-111111111111"}, -10),
        ({"callback_url": "https://other.example/"}, -14),
        ({"callback_url": 5}, -14),
        ({"amount": 1_000_000_001}, -41),
        ({"amount": 100_000_001, "currency": "IRT"}, -41),
    ],
)
def test_zarinpal_checks_a_request(shop: Shop, changes: dict[str, Any], expected: int) -> None:
    response = shop.request(**changes)
    assert code(response) == expected
    assert response.status_code == {100: 200, -9: 422}.get(expected, 400)


def test_zarinpal_takes_toman_for_ten_rial_and_confirms_only_the_very_amount(shop: Shop) -> None:
    authority = shop.request(amount=1000, currency="IRT").json()["data"]["authority"]
    assert zarinpal.AUTHORITY.fullmatch(authority)
    assert shop.ledger()["sales"][0]["amount"] == 10_000
    form = shop.walk(f"/pg/StartPay/{authority}")
    assert (form.method, dict(form.form_values())) == (
        "GET", {"Authority": authority, "Status": "OK"},
    )  # fmt: skip
    assert code(shop.ask("verify", authority=authority, amount=1000)) == -50
    assert code(shop.ask("verify", authority=authority, amount=10_000)) == 100
    assert code(shop.ask("verify", authority=authority, amount=10_000)) == 101
    assert shop.ledger()["taken_by_bank"] == {"behpardakht": 0, "zarinpal": 10_000, "parsian": 0}


def test_zarinpal_lists_what_was_paid_and_not_confirmed_until_it_goes_back(shop: Shop) -> None:
    authority = shop.request().json()["data"]["authority"]
    assert shop.ask("unVerified").json()["data"]["authorities"] == []
    shop.walk(f"/pg/StartPay/{authority}")
    listed = shop.ask("unVerified").json()["data"]["authorities"]
    assert [(row["authority"], row["amount"]) for row in listed] == [(authority, AMOUNT)]
    assert shop.ask("inquiry", authority=authority).json()["data"]["status"] == "PAID"
    requests.post(f"{shop.server.url}/_control/clock", json={"offset_seconds": 1260}, timeout=5)
    assert shop.ask("unVerified").json()["data"]["authorities"] == []
    assert shop.ask("inquiry", authority=authority).json()["data"]["status"] == "REVERSED"
    assert code(shop.ask("verify", authority=authority, amount=AMOUNT)) == -51


def test_zarinpal_answers_only_json_by_post(shop: Shop) -> None:
    url = f"{shop.server.url}/pg/v4/payment/request.json"
    assert requests.get(url, timeout=5).status_code == 405
    assert code(requests.post(url, data={"amount": 1}, timeout=5)) == -9
    assert code(requests.post(url, json=[1], timeout=5)) == -9


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 0),
        ({"LoginAccount": "wrong"}, -101),
        ({"Amount": 999}, -132),
        ({"Amount": 10_000_000_001}, -111),
        ({"CallBackUrl": ""}, -113),
        ({"AdditionalData": "x" * 501}, -116),
        ({"CallBackUrl": "https://other.example/"}, -127),
    ],
)
def test_parsian_checks_a_sale(shop: Shop, changes: dict[str, Any], expected: int) -> None:
    result = shop.sell(**changes)
    assert result.Status == expected
    assert (result.Token > 0) == (expected == 0)


def test_parsian_takes_an_order_number_once_for_ever(shop: Shop) -> None:
    assert shop.sell(OrderId=7).Status == 0
    assert shop.sell(OrderId=7).Status == -112
    requests.post(f"{shop.server.url}/_control/reset", json={}, timeout=5)
    assert shop.sell(OrderId=7).Status == -112


def test_parsian_confirms_once_and_with_the_amount_of_the_sale(shop: Shop) -> None:
    token = shop.sell(OrderId=8).Token
    form = shop.walk(f"/NewIPG/?Token={token}")
    assert form.method == "POST"
    assert dict(form.form_values())["Amount"] == "6,932,400"
    service = shop.soap("Confirm")
    data = {"LoginAccount": DEFAULT_PARSIAN_PIN, "Token": token}
    other = {**data, "OrderId": 8, "Amount": 1}
    assert service.ConfirmPaymentWithAmount(requestData=other).Status == -1540
    first = service.ConfirmPayment(requestData=data)
    assert (first.Status, first.Token) == (0, token)
    assert first.RRN > 0
    again = service.ConfirmPayment(requestData=data)
    assert (again.Status, again.RRN) == (-1533, 0)
    assert shop.ledger()["taken_by_bank"]["parsian"] == AMOUNT


def test_parsian_demands_its_schema_and_its_soapaction(shop: Shop) -> None:
    path, space = parsian.SERVICES["Reversal"], f"{NS}/Reversal/ReversalService"
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<ReversalRequest xmlns="{space}"><requestData><LoginAccount>x</LoginAccount>'
        "<Token>{token}</Token></requestData></ReversalRequest></s:Body></s:Envelope>"
    )
    headers = {"Content-Type": "text/xml", "SOAPAction": f'"{space}/ReversalRequest"'}
    url = shop.server.url + path
    good = requests.post(url, body.format(token=5).encode(), headers=headers, timeout=5)
    assert b"<" in good.content
    assert b"-101</" in good.content
    wrong = requests.post(url, body.format(token="five").encode(), headers=headers, timeout=5)
    assert (wrong.status_code, b"Fault" in wrong.content) == (500, True)
    headers["SOAPAction"] = '""'
    other = requests.post(url, body.format(token=5).encode(), headers=headers, timeout=5)
    assert b"SOAPAction" in other.content


NS = "https://pec.Shaparak.ir/NewIPGServices"


@pytest.mark.parametrize("page", ["/pg/StartPay/", "/pg/StartPay/" + "S" * 36, "/NewIPG/", "/NewIPG/?Token=5"])  # fmt: skip
def test_an_unknown_name_opens_no_page(shop: Shop, page: str) -> None:
    answer = requests.get(shop.server.url + page, timeout=5)
    assert answer.status_code == 400
    assert "شناخته نشد" in answer.content.decode()


def test_a_name_of_one_bank_opens_nothing_at_another(shop: Shop) -> None:
    token = shop.sell().Token
    assert requests.get(f"{shop.server.url}/pg/StartPay/{token}", timeout=5).status_code == 400


class _Listener(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.heard.append(self.path)  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@pytest.fixture
def listener() -> Iterator[HTTPServer]:
    """A shop's way back that writes down who came."""
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_duplicate_callback_comes_before_the_browsers_own(
    shop: Shop, listener: HTTPServer
) -> None:
    url = f"http://127.0.0.1:{listener.server_port}/back/"
    authority = shop.request(callback_url=url).json()["data"]["authority"]
    shop.fault("callback", "duplicate")
    form = shop.walk(f"/pg/StartPay/{authority}")
    assert listener.heard == [f"/back/?Authority={authority}&Status=OK"]  # type: ignore[attr-defined]
    assert dict(form.form_values())["Status"] == "OK"


def test_a_late_callback_keeps_the_payer_waiting(shop: Shop) -> None:
    authority = shop.request().json()["data"]["authority"]
    shop.fault("callback", "late", seconds=0.3)
    start = requests.get(f"{shop.server.url}/pg/StartPay/{authority}", timeout=5)
    form = html.fromstring(start.content.decode()).forms[0]
    fields = {**dict(form.form_values()), "choice": "pay"}
    answer = requests.post(shop.server.url + form.action, data=fields, timeout=15)
    assert answer.elapsed.total_seconds() >= 0.3


@pytest.mark.parametrize("operation", ["zarinpal/verify", "ConfirmPaymentWithAmount", "bpVerifyRequest"])  # fmt: skip
@pytest.mark.parametrize(
    "kind", ["before", "after", "delay", "http_502", "malformed", "empty", "html", "huge"]
)
def test_every_bank_takes_every_fault(shop: Shop, operation: str, kind: str) -> None:
    assert shop.fault(operation, kind, seconds=1).status_code == 200


def test_a_huge_answer_has_twenty_million_bytes(shop: Shop) -> None:
    shop.fault("zarinpal/inquiry", "huge")
    assert len(shop.ask("inquiry", authority="S" * 36).content) == 20_000_000


def test_the_panel_shows_and_sets_the_faults_of_all_banks(shop: Shop) -> None:
    panel = f"{shop.server.url}/panel"
    shown = requests.get(panel, timeout=5).content.decode()
    for operation in (*parsian.OPERATIONS, *zarinpal.OPERATIONS, "bpSettleRequest", "callback"):
        assert f'<option value="{operation}">' in shown
    for suggested in ("17", "41", "43", "45", "48", "421", "101", "-1533"):
        assert f'<option value="{suggested}">' in shown
    for kind in ("before", "after", "delay", "http_502", "malformed", "empty", "duplicate", "late", "never", "ref_id"):  # fmt: skip
        assert f'<option value="{kind}">' in shown
    form = {"operation": "zarinpal/verify", "kind": "code", "value": "-12", "count": "۲"}
    after = requests.post(panel, data=form, timeout=5).content.decode()
    assert "زرین‌پال: تأیید" in after
    authority = shop.request().json()["data"]["authority"]
    assert code(shop.ask("verify", authority=authority, amount=AMOUNT)) == -12


def test_the_books_survive_a_restart_with_the_bank_of_each_sale(tmp_path: Path) -> None:
    with bank.serve(data=tmp_path) as server:
        shop = Shop(server, count(5))
        shop.request()
        shop.sell()
    with bank.serve(data=tmp_path) as server:
        sales = Shop(server, count(9)).ledger()["sales"]
    assert [(sale["bank"], sale["order_id"]) for sale in sales] == [("zarinpal", 5), ("parsian", 6)]
