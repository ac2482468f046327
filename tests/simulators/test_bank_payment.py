"""A payment at the simulated bank, from the SOAP start to the settled money."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import zeep

from simulators import bank
from simulators.bank.ledger import SETTLE_WINDOW, VERIFY_WINDOW
from tests.simulators.bank_client import CALLBACK, Shop, form_of


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with bank.serve(data=tmp_path) as server:
        yield Shop(server)


def test_a_paid_sale_is_verified_once_and_settled_once(shop: Shop) -> None:
    callback = shop.sell(amount=6_932_400)
    assert callback["ResCode"] == "0"
    assert callback["FinalAmount"] == "6932400"
    assert shop.call("bpVerifyRequest", callback) == "0"
    assert shop.call("bpVerifyRequest", callback) == "43"
    assert shop.call("bpSettleRequest", callback) == "0"
    assert shop.call("bpSettleRequest", callback) == "45"
    assert shop.call("bpReversalRequest", callback) == "45"
    sale = shop.sale(callback)
    assert sale["state"] == "SETTLED"
    assert sale["counts"]["bpVerifyRequest"] == 2
    assert shop.ledger()["taken"] == 6_932_400


def test_verify_settle_does_both_in_one_call(shop: Shop) -> None:
    callback = shop.sell()
    assert shop.call("bpVerifySettleRequest", callback) == "0"
    assert shop.call("bpVerifySettleRequest", callback) == "45"
    assert shop.sale(callback)["taken"] == 6_932_400


def test_verify_settle_of_a_verified_sale_says_43_and_settles_nothing(shop: Shop) -> None:
    callback = shop.sell()
    shop.call("bpVerifyRequest", callback)
    assert shop.call("bpVerifySettleRequest", callback) == "43"
    assert shop.ledger()["taken"] == 0


def test_a_verified_sale_can_be_reversed_and_then_says_48(shop: Shop) -> None:
    callback = shop.sell()
    shop.call("bpVerifyRequest", callback)
    assert shop.call("bpReversalRequest", callback) == "0"
    for operation in (
        "bpReversalRequest",
        "bpVerifyRequest",
        "bpSettleRequest",
        "bpInquiryRequest",
    ):
        assert shop.call(operation, callback) == "48"


def test_parallel_settles_take_the_money_once(shop: Shop) -> None:
    callback = shop.sell()
    shop.call("bpVerifyRequest", callback)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: shop.call("bpSettleRequest", callback), range(6)))
    assert sorted(answers) == ["0", "45", "45", "45", "45", "45"]
    assert shop.ledger()["taken"] == 6_932_400


def test_settle_before_verify_finds_no_verify(shop: Shop) -> None:
    assert shop.call("bpSettleRequest", shop.sell()) == "44"


def test_inquiry_tells_a_good_sale_from_an_unknown_one(shop: Shop) -> None:
    callback = shop.sell()
    assert shop.call("bpInquiryRequest", callback) == "0"
    assert shop.call("bpInquiryRequest", callback, saleReferenceId=5) == "42"
    other = shop.sell()
    assert (
        shop.call("bpVerifyRequest", callback, saleReferenceId=int(other["SaleReferenceId"]))
        == "42"
    )


def test_an_order_number_is_never_taken_twice_even_after_a_restart(tmp_path: Path) -> None:
    with bank.serve(data=tmp_path) as server:
        shop = Shop(server)
        assert shop.pay(orderId=77).startswith("0,")
        assert shop.pay(orderId=77) == "41"
        assert shop.pay(orderId=78, amount=0) == "25"
        shop.post("/_control/reset", {})
    with bank.serve(data=tmp_path) as server:
        shop = Shop(server)
        assert shop.pay(orderId=77) == "41"
        assert shop.pay(orderId=78) == "41"
        assert len(shop.ledger()["sales"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"terminalId": 99}, "21"),
        ({"userPassword": "wrong"}, "24"),
        ({"amount": -1}, "25"),
        ({"amount": 10**12}, "19"),
        ({"localTime": "90503"}, "32"),
        ({"localDate": "20240230"}, "35"),
        ({"callBackUrl": "http://127.0.0.1.example.com/"}, "62"),
        ({"callBackUrl": "/relative"}, "62"),
        ({"additionalData": "x" * 1001}, "32"),
        ({"payerId": "abc"}, "417"),
    ],
)
def test_a_wrong_start_gets_its_code(shop: Shop, changes: dict[str, object], code: str) -> None:
    assert shop.pay(**changes) == code
    assert shop.ledger()["sales"] == []


def test_letters_in_a_number_are_a_fault(shop: Shop) -> None:
    with pytest.raises(zeep.exceptions.Fault, match="Unmarshalling Error"):
        shop.call("bpVerifyRequest", shop.sell(), saleReferenceId="AF82041a")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "DTD is not allowed"),
        (b"<a", "XMLStreamReader"),
        (b"<a/>", "not a SOAP 1.1 envelope"),
    ],
)
def test_what_is_no_soap_is_a_fault(shop: Shop, body: bytes, reason: str) -> None:
    answer = requests.post(
        f"{shop.url}/pgwchannel/services/pgw",
        data=body,
        headers={"Content-Type": "text/xml; charset=utf-8"},
        timeout=5,
    )
    assert answer.status_code == 500
    assert reason in answer.text


def test_cancelling_comes_back_without_reference_and_card(shop: Shop) -> None:
    page = shop.start(shop.pay(orderId=5).removeprefix("0,"))
    form = form_of(shop.choose(page, "cancel"))
    assert form.action == CALLBACK
    assert set(form.fields) == {"RefId", "ResCode", "SaleOrderId"}
    assert form.fields["ResCode"] == "17"
    assert form.fields["SaleOrderId"] == "5"


def test_a_wrong_card_comes_back_as_failed(shop: Shop) -> None:
    page = shop.start(shop.pay().removeprefix("0,"))
    fields = form_of(shop.choose(page, "fail")).fields
    assert fields["ResCode"] == "11"
    assert "SaleReferenceId" not in fields


def test_pressing_pay_again_keeps_the_first_outcome(shop: Shop) -> None:
    page = shop.start(shop.pay().removeprefix("0,"))
    first = form_of(shop.choose(page, "pay")).fields
    assert form_of(shop.choose(page, "cancel")).fields == first


def test_the_payment_page_says_what_is_paid_in_persian(shop: Shop) -> None:
    page = shop.start(shop.pay(amount=6_932_400).removeprefix("0,")).text
    assert "۶٬۹۳۲٬۴۰۰" in page
    for words in ("سامانه سپتام", "پرداخت", "انصراف", "ریال"):
        assert words in page


@pytest.mark.parametrize(
    "headers", [{}, {"Referer": "http://shop.example/"}, {"Referer": "http://127.0.0.1.example/"}]
)
def test_without_the_registered_referer_there_is_no_payment(
    shop: Shop, headers: dict[str, str]
) -> None:
    page = shop.start(shop.pay().removeprefix("0,"), headers)
    assert page.status_code == 400
    assert "<form" not in page.text


def test_the_ref_id_counts_letter_case(shop: Shop) -> None:
    ref_id = shop.pay().removeprefix("0,")
    assert shop.start(ref_id.swapcase()).status_code == 400
    assert shop.start(ref_id).status_code == 200


def test_an_address_line_opens_no_payment_page(shop: Shop) -> None:
    ref_id = shop.pay().removeprefix("0,")
    answer = requests.get(
        f"{shop.url}/pgwchannel/startpay.mellat", params={"RefId": ref_id}, timeout=5
    )
    assert answer.status_code == 400


def test_a_sale_that_is_not_verified_in_time_goes_back(shop: Shop) -> None:
    callback = shop.sell()
    shop.post("/_control/clock", {"offset_seconds": VERIFY_WINDOW - 30})
    assert shop.call("bpInquiryRequest", callback) == "0"
    shop.post("/_control/clock", {"offset_seconds": VERIFY_WINDOW + 30})
    assert shop.call("bpVerifyRequest", callback) == "48"
    assert shop.sale(callback)["reversal_reason"] == "not verified in time"


def test_a_verified_sale_that_is_not_settled_in_time_goes_back(shop: Shop) -> None:
    callback = shop.sell()
    shop.call("bpVerifyRequest", callback)
    shop.post("/_control/clock", {"offset_seconds": SETTLE_WINDOW + 30})
    assert shop.call("bpSettleRequest", callback) == "48"
    assert shop.ledger()["taken"] == 0


def test_the_way_back_needs_no_script_and_has_none_inline(shop: Shop) -> None:
    page = shop.choose(shop.start(shop.pay().removeprefix("0,")), "pay").text
    assert "بازگشت به سایت پذیرنده" in page
    assert '<script src="/static/return.js" defer></script>' in page
    assert "onload" not in page
    assert requests.get(f"{shop.url}/static/return.js", timeout=5).status_code == 200
