"""The faults that the simulated bank commits on demand, and what it then really did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import zeep

from simulators import bank
from tests.simulators.bank_client import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with bank.serve(data=tmp_path) as server:
        yield Shop(server)


def order(shop: Shop, kind: str, operation: str = "bpVerifyRequest", **more: object) -> None:
    shop.post("/_control/faults", {"operation": operation, "kind": kind, **more})


def test_a_failure_before_execution_changes_nothing(shop: Shop) -> None:
    callback = shop.sell()
    order(shop, "before")
    with pytest.raises(requests.ConnectionError):
        shop.call("bpVerifyRequest", callback)
    assert shop.sale(callback)["state"] == "SOLD"
    assert shop.sale(callback)["counts"]["bpVerifyRequest"] == 1
    assert shop.call("bpVerifyRequest", callback) == "0"


def test_an_answer_lost_after_execution_leaves_the_sale_verified(shop: Shop) -> None:
    callback = shop.sell()
    order(shop, "after")
    with pytest.raises(requests.ConnectionError):
        shop.call("bpVerifyRequest", callback)
    assert shop.sale(callback)["state"] == "VERIFIED"
    assert shop.call("bpVerifyRequest", callback) == "43"


def test_a_settle_fails_three_times_and_then_works(shop: Shop) -> None:
    callback = shop.sell()
    shop.call("bpVerifyRequest", callback)
    order(shop, "code", "bpSettleRequest", value="34", count=3)
    answers = [shop.call("bpSettleRequest", callback) for _ in range(4)]
    assert answers == ["34", "34", "34", "0"]
    executed = [call["executed"] for call in shop.sale(callback)["calls"]][-4:]
    assert executed == [False, False, False, True]


def test_a_proxy_page_and_half_an_answer_are_no_success(shop: Shop) -> None:
    callback = shop.sell()
    order(shop, "http_502")
    with pytest.raises(zeep.exceptions.Fault):
        shop.call("bpVerifyRequest", callback)
    assert shop.sale(callback)["state"] == "SOLD"
    order(shop, "malformed")
    with pytest.raises(zeep.exceptions.Error):
        shop.call("bpVerifyRequest", callback)
    assert shop.sale(callback)["state"] == "VERIFIED"


def test_an_empty_answer_carries_no_code_although_it_is_done(shop: Shop) -> None:
    callback = shop.sell()
    order(shop, "empty")
    assert shop.call("bpVerifyRequest", callback) is None
    assert shop.sale(callback)["state"] == "VERIFIED"


def test_executed_can_be_turned_round(shop: Shop) -> None:
    callback = shop.sell()
    order(shop, "empty", executed=False)
    assert shop.call("bpVerifyRequest", callback) is None
    assert shop.sale(callback)["state"] == "SOLD"


def test_a_slow_answer_comes_after_the_client_has_gone(shop: Shop) -> None:
    callback = shop.sell()
    transport = zeep.Transport(operation_timeout=0.3)
    impatient = zeep.Client(f"{shop.url}/pgwchannel/services/pgw?wsdl", transport=transport)
    order(shop, "delay", seconds=2)
    shop.soap = impatient.service
    with pytest.raises(requests.Timeout):
        shop.call("bpVerifyRequest", callback)
    assert shop.sale(callback)["state"] == "VERIFIED"


def test_the_wsdl_can_be_unreachable(shop: Shop) -> None:
    order(shop, "before", "wsdl")
    with pytest.raises(requests.ConnectionError):
        zeep.Client(f"{shop.url}/pgwchannel/services/pgw?wsdl")


def test_the_user_may_never_come_back(shop: Shop) -> None:
    order(shop, "never", "callback")
    page = shop.choose(shop.start(shop.pay().removeprefix("0,")), "pay")
    assert "<form" not in page.text
    assert shop.ledger()["held"] == 6_932_400


@pytest.mark.parametrize(
    ("kind", "name"),
    [("ref_id", "RefId"), ("sale_order_id", "SaleOrderId"), ("final_amount", "FinalAmount")],
)
def test_the_callback_can_lie(shop: Shop, kind: str, name: str) -> None:
    order(shop, kind, "callback", value="5")
    assert shop.sell()[name] == "5"
    assert shop.sell()[name] != "5"


def test_faults_and_clock_survive_a_restart(tmp_path: Path) -> None:
    with bank.serve(data=tmp_path) as server:
        shop = Shop(server)
        order(shop, "before", count=2)
        shop.post("/_control/clock", {"offset_seconds": 500})
    with bank.serve(data=tmp_path) as server:
        faults = requests.get(f"{server.url}/_control/faults", timeout=5).json()["faults"]
        ping = requests.get(f"{server.url}/_control/ping", timeout=5).json()
    assert [(fault["kind"], fault["count"]) for fault in faults] == [("before", 2)]
    assert ping["offset_seconds"] == 500


@pytest.mark.parametrize(
    "fault",
    [
        {"operation": "nothing", "kind": "before"},
        {"operation": "bpPayRequest", "kind": "never"},
        {"operation": "callback", "kind": "delay"},
        {"operation": "bpPayRequest", "kind": "code"},
        "text",
    ],
)
def test_a_fault_that_means_nothing_is_refused(shop: Shop, fault: object) -> None:
    answer = requests.post(f"{shop.url}/_control/faults", json={"faults": [fault]}, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_panel_adds_shows_and_clears_faults(shop: Shop) -> None:
    panel = f"{shop.url}/panel"
    item = {"operation": "bpPayRequest", "kind": "code", "value": "421", "count": "۲"}
    assert "درخواست پرداخت" in requests.post(panel, data=item, timeout=5).text
    assert shop.pay() == "421"
    assert "خطایی در صف نیست" in requests.post(panel, data={"action": "clear"}, timeout=5).text
    assert shop.pay().startswith("0,")


def test_the_panel_moves_the_clock_and_refuses_nonsense(shop: Shop) -> None:
    panel = f"{shop.url}/panel"
    requests.post(panel, data={"action": "clock", "minutes": "۲۵"}, timeout=5)
    assert requests.get(f"{shop.url}/_control/clock", timeout=5).json()["offset_seconds"] == 1500
    assert (
        requests.post(panel, data={"action": "clock", "minutes": "x"}, timeout=5).status_code == 400
    )
