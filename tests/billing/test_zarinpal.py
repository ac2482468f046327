"""Zarinpal: its answers as they really look, and whole payments by it through the portal."""

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.urls import reverse

from billing import payments
from billing.gateways import Answer, Outcome, Return, Sale, Started, Step, gateway
from billing.gateways.zarinpal import Zarinpal, _read
from billing.gateways.zarinpal_codes import CODES
from billing.models import AttemptState, OrderState, PaymentAttempt, PaymentEvent
from septam import clock
from tests.billing.bank import Bank, browser_back, make_order
from tests.billing.test_gateway_contract import payment
from tests.people import make_owner

pytestmark = pytest.mark.django_db
NAME = "zarinpal"
S = AttemptState


@pytest.fixture
def attempt(banks: Bank) -> PaymentAttempt:
    """An attempt whose payer is at the provider's page."""
    return payments.start(make_order(make_owner()), NAME)


def pay(banks: Bank, attempt: PaymentAttempt, choice: str = "pay") -> dict[str, str]:
    return banks.walk(gateway(NAME).form(attempt.token, ""), choice)


def state(attempt: PaymentAttempt) -> str:
    attempt.refresh_from_db()
    return attempt.state


def taken(banks: Bank, attempt: PaymentAttempt) -> int:
    return int(banks.sale(attempt)["taken"])


def answer(
    monkeypatch: pytest.MonkeyPatch, body: object, status: int = 200
) -> list[dict[str, Any]]:
    """Let the provider answer this; what it was asked comes into the list."""
    asked: list[dict[str, Any]] = []

    def post(self: object, url: str, **given: Any) -> requests.Response:
        asked.append({"url": url, **given})
        response = requests.Response()
        response.status_code = status
        response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return response

    monkeypatch.setattr(requests.Session, "post", post)
    return asked


def test_a_payment_by_get_callback_is_confirmed_and_names_reference_and_card_only_then(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    fields = pay(banks, attempt)
    assert set(fields) == {"Authority", "Status"}
    response = browser_back(fields, NAME)
    assert response.status_code == 303
    assert state(attempt) == S.SETTLED
    assert attempt.reference == str(banks.sale(attempt)["sale_reference_id"])
    assert attempt.masked_card == "610433******5689"
    assert len(attempt.card_hash) == 64
    assert attempt.order.__class__.objects.get(pk=attempt.order_id).state == OrderState.PAID
    assert taken(banks, attempt) == attempt.amount_rial
    assert banks.sale(attempt)["counts"] == {"zarinpal/request": 1, "zarinpal/verify": 1}


def test_a_callback_by_post_or_without_fields_is_told_that_it_is_being_checked(
    banks: Bank, attempt: PaymentAttempt, client: Any
) -> None:
    path = reverse("billing:callback", args=[NAME])
    for response in (client.get(path), client.post(path, pay(banks, attempt)), client.head(path)):
        assert response.status_code == 200
    assert state(attempt) == S.SENT


def test_a_second_callback_shows_the_stored_result_and_asks_nothing(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    fields = pay(banks, attempt)
    first, second = browser_back(fields, NAME), browser_back(fields, NAME)
    assert first.url == second.url
    assert banks.sale(attempt)["counts"]["zarinpal/verify"] == 1


def test_a_claim_of_having_paid_is_not_believed_and_the_true_one_still_counts(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    forged = {"Authority": attempt.token, "Status": "OK"}
    browser_back(forged, NAME)
    assert (state(attempt), attempt.result_code) == (S.FAILED, "-51")
    browser_back(pay(banks, attempt), NAME)
    assert state(attempt) == S.SETTLED
    assert taken(banks, attempt) == attempt.amount_rial


def test_copies_without_end_do_not_ask_the_provider_without_end(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    for _copy in range(30):
        browser_back({"Authority": attempt.token, "Status": "OK"}, NAME)
    assert banks.sale(attempt)["counts"]["zarinpal/verify"] <= 20
    assert PaymentEvent.objects.filter(attempt=attempt, kind="callback").count() <= 20


def test_a_lost_answer_is_repaired_by_the_job_with_101(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    banks.fault("zarinpal/verify", "after")
    browser_back(pay(banks, attempt), NAME)
    assert state(attempt) == S.VERIFYING
    PaymentAttempt.objects.update(next_check_at=clock.now(), leased_until=None)
    payments.resolve_due()
    assert (state(attempt), attempt.result_code) == (S.SETTLED, "101")
    assert attempt.reference


def test_a_payer_who_never_comes_back_is_found_in_the_providers_list(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    pay(banks, attempt)
    assert payments.find_unconfirmed() == 0  # still on the way back, perhaps
    PaymentAttempt.objects.update(sent_at=clock.now() - timedelta(minutes=3))
    assert payments.find_unconfirmed() == 1
    assert state(attempt) == S.SETTLED
    assert taken(banks, attempt) == attempt.amount_rial
    assert payments.find_unconfirmed() == 0


def test_where_nobody_is_waited_for_the_list_is_not_asked_for(
    banks: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, {})
    assert payments.find_unconfirmed() == 0
    assert asked == []


def test_a_reference_that_is_another_payments_is_never_settled(
    banks: Bank, attempt: PaymentAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser_back(pay(banks, attempt), NAME)
    attempt.refresh_from_db()
    other = payments.start(make_order(make_owner("09357654321"), "شعبه بازار"), NAME)
    fields = pay(banks, other)
    replayed = Answer(Outcome.PAID, "100", attempt.reference, is_settled=True)
    monkeypatch.setattr(Zarinpal, "confirm", lambda self, sale, step: replayed)
    browser_back(fields, NAME)
    assert state(other) == S.NEEDS_REVIEW
    assert other.reference == ""
    note = PaymentEvent.objects.get(attempt=other, kind="other_reference")
    assert note.detail == {"reference": attempt.reference}


def test_the_very_amount_of_the_start_is_confirmed_and_always_in_rial(
    banks: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, {"data": [], "errors": {"code": -12}})
    gateway(NAME).start(payment(NAME))
    gateway(NAME).confirm(Sale(1, "S" * 36, "", 6_932_400), Step.VERIFY)
    start, verify = (call["json"] for call in asked)
    assert (start["amount"], start["currency"]) == (6_932_400, "IRR")
    assert start["metadata"]["mobile"] == "09121234567"
    assert (verify["amount"], verify["authority"]) == (6_932_400, "S" * 36)


AUTHORITY = "A" + "0" * 35
GOOD = {"code": 100, "message": "Success", "authority": AUTHORITY}


@pytest.mark.parametrize(
    ("body", "status", "started"),
    [
        ({"data": GOOD, "errors": []}, 200, Started(AUTHORITY, "100")),
        ({"data": GOOD, "errors": {}}, 201, Started(AUTHORITY, "100")),
        ({"data": {**GOOD, "code": "100"}, "errors": []}, 200, Started(AUTHORITY, "100")),
        (
            {"data": [], "errors": {"code": -9, "message": "x", "validations": []}},
            422,
            Started("", "-9"),
        ),
        ({"data": [], "errors": {"code": -10}}, 401, Started("", "-10")),
        ({"data": GOOD, "errors": {"code": -15}}, 200, Started("", "-15")),
        ({"data": {**GOOD, "authority": "short"}, "errors": []}, 200, Started("", "100")),
        ({"data": {**GOOD, "code": True}, "errors": []}, 200, Started("", "")),
        ({"data": GOOD, "errors": []}, 500, Started()),
        ({"data": [], "errors": []}, 200, Started()),
        ([], 200, Started()),
        ("100", 200, Started()),
        (b"", 200, Started()),
        (b"\xff\xfe", 200, Started()),
        (b"[" * 100_000, 200, Started()),
        (b'{"data":{"code":' + b"1" * 5000 + b'},"errors":[]}', 200, Started()),
    ],
)
def test_data_and_errors_may_be_a_list_or_an_object_and_nonsense_is_no_answer(
    banks: Bank, monkeypatch: pytest.MonkeyPatch, body: object, status: int, started: Started
) -> None:
    answer(monkeypatch, body, status)
    assert gateway(NAME).start(payment(NAME)) == started


@pytest.mark.parametrize("reference", [None, 0, -5, "", "12a", 1.5, True, "9" * 30])
def test_a_success_without_a_reference_is_unknown(
    banks: Bank, monkeypatch: pytest.MonkeyPatch, reference: object
) -> None:
    answer(monkeypatch, {"data": {"code": 100, "ref_id": reference}, "errors": []})
    outcome = gateway(NAME).confirm(Sale(1, AUTHORITY, "", 1), Step.VERIFY).outcome
    assert outcome == Outcome.UNKNOWN


def test_a_whole_card_number_is_masked_whoever_sent_it(
    banks: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"code": 100, "ref_id": 7, "card_pan": "6104331234565689", "card_hash": "x y"}
    answer(monkeypatch, {"data": data, "errors": []})
    said = gateway(NAME).confirm(Sale(1, AUTHORITY, "", 1), Step.VERIFY)
    assert (said.masked_card, said.card_hash) == ("610433******5689", "")


@pytest.mark.parametrize(
    "listed",
    [
        None,
        {},
        "x",
        [1, None, {}, {"authority": 5}, {"authority": "short"}],
        [{"authority": AUTHORITY}],
    ],
)
def test_of_the_providers_list_only_authorities_are_taken(
    banks: Bank, monkeypatch: pytest.MonkeyPatch, listed: Any
) -> None:
    answer(monkeypatch, {"data": {"code": 100, "authorities": listed}, "errors": []})
    expected = {AUTHORITY} if listed == [{"authority": AUTHORITY}] else set()
    assert gateway(NAME).unconfirmed() == expected


@pytest.mark.parametrize(
    ("fields", "claim"),
    [
        ({"Authority": AUTHORITY, "Status": "OK"}, Return.PAID),
        ({"Authority": AUTHORITY, "Status": "NOK"}, Return.CANCELLED),
        ({"Authority": AUTHORITY, "Status": "ok"}, None),
        ({"Authority": AUTHORITY}, None),
        ({"Authority": AUTHORITY[:-1], "Status": "OK"}, None),
        ({"Authority": AUTHORITY + "\n", "Status": "OK\0"}, None),
    ],
)
def test_a_callback_is_two_words(banks: Bank, fields: dict[str, str], claim: Return | None) -> None:
    callback = gateway(NAME).parse_callback(fields)
    assert (callback.claim if callback else None) == claim


def test_the_code_table_has_words_for_every_refusal() -> None:
    assert {code.kind for code in CODES.values()} == set("SURCF")
    assert all(code.text for code in CODES.values() if code.kind != "S")


def test_an_answer_is_read_only_if_it_is_an_object() -> None:
    assert _read(b"[]") is None
    reply = _read(b'{"data": {"code": 101, "ref_id": 5}, "errors": []}')
    assert reply is not None
    assert (reply.code, reply.text("ref_id")) == ("101", "5")
