"""What strangers and broken browsers bring to the callback: refused, told in the log, nothing changed."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing import payments
from billing.models import AttemptState as S
from billing.models import Order, PaymentAttempt
from billing.models.payments import PaymentEvent
from tests.billing.bank import CALLBACK, GATEWAY, make_order
from tests.billing.till import Till
from tests.people import make_stranger

pytestmark = pytest.mark.django_db
PAGES = {200, 400, 404, 413}


def everything() -> str:
    """All that money is decided by, as text."""
    attempts = PaymentAttempt.objects.order_by("pk").values_list(
        "state", "reference", "amount_rial", "token", "settled_at"
    )
    orders = Order.objects.order_by("pk").values_list("state", "payable_rial", "paid_at")
    return repr([*attempts, *orders])


def oversized(fields: dict[str, str]) -> dict[str, str]:
    return {**fields, "RefId": fields["RefId"] * 500}


def long_number(fields: dict[str, str]) -> dict[str, str]:
    return {**fields, "SaleOrderId": "9" * 5000}


def missing(name: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


def changed(**more: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda fields: {**fields, **more}


def enormous(fields: dict[str, str]) -> dict[str, str]:
    return {**fields, "Extra": "x" * 2_000_000}


def crowded(fields: dict[str, str]) -> dict[str, str]:
    return {**fields, **{f"field{number}": "1" for number in range(2100)}}


BAD = {
    "no RefId": missing("RefId"),
    "no number": missing("SaleOrderId"),
    "no code": missing("ResCode"),
    "oversized RefId": oversized,
    "oversized number": long_number,
    "two megabytes": enormous,
    "two thousand fields": crowded,
    "a number with a point": changed(SaleOrderId="117000.0"),
    "a negative number": changed(SaleOrderId="-1"),
    "a RefId of mark-up": changed(RefId="<script>alert(1)</script>"),
    "a RefId of SQL": changed(RefId="' OR 1=1 --"),
    "another's RefId in small letters": lambda fields: {**fields, "RefId": fields["RefId"].swapcase()},
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_callback_changes_nothing_and_the_true_one_still_pays(till: Till, name: str) -> None:
    fields = till.pay()
    before = everything()
    answer = till.bring(BAD[name](fields))
    assert answer.status_code in PAGES
    assert "Traceback" not in answer.content.decode()
    assert everything() == before
    till.bring(fields)
    assert till.ends() == [S.SETTLED]


def test_the_token_of_one_bank_is_nothing_at_another(till: Till) -> None:
    fields = till.pay()
    till.gateway = "zarinpal"
    other = payments.start(make_order(make_stranger(), "شعبه بازار"), "zarinpal")
    for address, brought in (
        ("/bank/parsian/callback/", {**fields, "Token": fields["RefId"], "status": "0"}),
        (CALLBACK, {**fields, "RefId": other.token}),
        (CALLBACK, {"Authority": other.token, "Status": "OK"}),
    ):
        assert Client().post(address, brought).status_code == 404
    assert till.bring({"Authority": fields["RefId"], "Status": "OK"}).status_code == 404
    assert set(PaymentAttempt.objects.values_list("state", flat=True)) == {S.SENT}


@pytest.mark.parametrize("name", ["put", "delete", "patch"])
def test_other_methods_are_refused(till: Till, name: str) -> None:
    till.pay()
    before = everything()
    assert getattr(Client(), name)(CALLBACK).status_code == 405
    assert everything() == before


def test_the_fields_of_a_callback_in_the_address_are_not_taken(till: Till) -> None:
    """A link that somebody was sent must not do what only the bank's form may."""
    fields = till.pay()
    before = everything()
    assert Client().get(CALLBACK, fields).status_code == 200
    assert Client().post(CALLBACK, query_params=fields).status_code == 200
    assert everything() == before


def test_amounts_that_the_browser_names_are_not_heard(till: Till) -> None:
    browser = Client()
    browser.force_login(till.owner)
    forged = {"gateway": GATEWAY, "amount": "1", "amount_rial": "1", "payable_rial": "1"}
    browser.post(reverse("billing:go_to_bank", args=[till.order.number]), forged)
    till.attempt = PaymentAttempt.objects.get()
    assert till.bank.sale(till.attempt)["amount"] == till.order.payable_rial
    till.bring({**till.pay(till.attempt), "FinalAmount": "1", "amount": "1", "Amount": "1"})
    assert till.ends() == [S.SETTLED]


def test_a_foreign_number_and_a_replayed_reference_are_told_in_the_log_and_in_the_history(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    """Finance reads both on the attempt's page; no card and no password is in either."""
    spent = till.pay()
    till.bring(spent)
    other = payments.start(make_order(make_stranger(), "شعبه بازار"), GATEWAY)
    caplog.set_level(logging.DEBUG)
    own = {"RefId": other.token, "SaleOrderId": str(other.order_number)}
    card = {"CardHolderPan": "6104331234565689"}
    assert till.bring({**spent, **card, "RefId": other.token}).status_code == 404
    assert till.bring({**spent, **card, **own}).status_code == 404
    assert "names another order number" in caplog.text
    assert "brings a used reference" in caplog.text
    kept = json.dumps(
        [event.detail for event in PaymentEvent.objects.filter(attempt=other, kind="callback")]
    )
    assert kept.count("SaleReferenceId") == 2
    for secret in ("6104331234565689", "demo-pass"):
        assert secret not in caplog.text + kept
    other.refresh_from_db()
    assert (other.state, other.reference) == (S.SENT, "")


@pytest.mark.parametrize("kind", ["html", "huge", "malformed", "http_502"])
def test_a_bank_that_answers_nonsense_is_told_in_one_line_without_secrets(
    till: Till, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    fields = till.pay()
    caplog.set_level(logging.DEBUG)
    till.bank.fault("bpVerifyRequest", kind)
    till.bring(fields)
    lines: list[Any] = [one for one in caplog.records if one.name.startswith("billing")]
    assert len(lines) == 1
    assert "bpVerifyRequest: no answer" in lines[0].getMessage()
    assert len(lines[0].getMessage()) < 100
    assert "demo-pass" not in caplog.text
    assert till.states() == [S.VERIFYING]
    assert till.ends() == [S.SETTLED]
