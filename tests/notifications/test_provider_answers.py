"""Answers as no simulator gives them: odd HTTP statuses, odd envelopes, odd entries. One socket, any bytes."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from notifications.providers import registry
from notifications.providers.base import (
    AlarmError,
    Delivery,
    OutgoingSms,
    ProviderError,
    RefusedError,
    RetryError,
    UnknownOutcomeError,
)
from tests.simulated import ask_anew

BY_TEMPLATE = OutgoingSms("09121234567", "متن", 5, "login-code", {"token": "1"})
BY_LINE = OutgoingSms("09121234567", "متن", 5)
BOTH = ("kavenegar", "smsir")


class Speaker(BaseHTTPRequestHandler):
    """Says what the test has put into `status` and `body`, and remembers what it was told."""

    status = 200
    body = b""
    location = ""
    heard: dict[str, Any]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        Speaker.heard = {
            "path": self.path,
            "body": self.rfile.read(length).decode(),
            "headers": dict(self.headers),
        }
        self.send_response(Speaker.status)
        if Speaker.location:
            self.send_header("Location", Speaker.location)
        self.send_header("Content-Length", str(len(Speaker.body)))
        self.end_headers()
        self.wfile.write(Speaker.body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture(autouse=True)
def speaker(settings: Settings) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.SMS_URL = settings.SMSIR_URL = f"http://127.0.0.1:{server.server_port}"
    Speaker.location = ""
    ask_anew()
    yield
    server.shutdown()
    server.server_close()
    ask_anew()


def says(body: object, status: int = 200) -> None:
    Speaker.status = status
    Speaker.body = body if isinstance(body, bytes) else json.dumps(body).encode()


def outcome(name: str, message: OutgoingSms = BY_TEMPLATE) -> str | ProviderError:
    try:
        return registry.provider(name).send(message)
    except ProviderError as problem:
        return problem


def kavenegar(entries: object, status: object = 200) -> dict[str, object]:
    return {"return": {"status": status, "message": "m"}, "entries": entries}


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, UnknownOutcomeError), (204, UnknownOutcomeError), (302, AlarmError), (400, AlarmError),
        (401, AlarmError), (403, AlarmError), (404, AlarmError), (405, AlarmError),
        (429, RetryError), (500, UnknownOutcomeError), (502, UnknownOutcomeError),
        (503, UnknownOutcomeError), (504, UnknownOutcomeError),
    ],
)  # fmt: skip
def test_somebody_else_who_answers_for_the_provider_is_judged_by_the_http_status(
    name: str, status: int, kind: type[ProviderError]
) -> None:
    Speaker.location = "http://127.0.0.1:1/elsewhere" if status == 302 else ""
    says(b"<html>no provider</html>" if status != 204 else b"", status)
    problem = outcome(name)
    assert type(problem) is kind
    assert getattr(problem, "code", "") == f"http-{status}"


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"5", b"[]", b'"ok"', b"{}", b"\xff\xfe", b"[" * 50_000, b'{"return": 200}',
        b'{"return": {"status": "OK"}}', b'{"return": {"status": true}}', b'{"status": [1]}',
        b'{"return": {"status": 200}}', b'{"return": {"status": 200}, "entries": [null]}',
        b'{"return": {"status": 200}, "entries": {"messageid": null}}',
        b'{"return": {"status": 200}, "entries": [{"messageid": 0}]}',
        b'{"return": {"status": 200}, "entries": [{"messageid": {"a": 1}}]}',
        b'{"return": {"status": 200}, "entries": [{"messageid": -7}]}',
        b'{"status": 1}', b'{"status": 1, "data": []}', b'{"status": 1, "data": {"messageId": "x"}}',
        b'{"status": 1, "data": {"messageId": 0}}', b'{"status": 1.5, "data": {"messageId": 7}}',
    ],
)  # fmt: skip
def test_an_envelope_of_another_shape_leaves_the_outcome_unknown(name: str, body: bytes) -> None:
    says(body)
    assert isinstance(outcome(name), UnknownOutcomeError)


@pytest.mark.parametrize(
    "entries",
    [
        [{"messageid": 8792343, "status": 1}],
        {"messageid": 8792343},
        [{"messageid": "8792343"}],
        [None, {"messageid": 8792343}],
        [{"messageid": 8792343}, {"messageid": 8792343}],
    ],
)
def test_kavenegars_entries_may_be_a_list_or_an_object(entries: object) -> None:
    says(kavenegar(entries))
    assert outcome("kavenegar") == outcome("kavenegar", BY_LINE) == "8792343"


@pytest.mark.parametrize(
    ("entry", "id"),
    [
        ({"localid": "5", "messageid": 7, "status": 4}, "7"),
        ({"localid": 5, "messageid": "7", "status": "14"}, "7"),
        ({"localid": "5", "messageid": 0, "status": 100}, ""),
    ],
)
def test_kavenegar_tells_what_it_has_under_our_id(entry: dict[str, object], id: str) -> None:
    says(kavenegar([entry]))
    assert registry.provider("kavenegar").sent_as(5) == id
    says(kavenegar(entry))
    assert registry.provider("kavenegar").sent_as(5) == id


@pytest.mark.parametrize(
    "entry", [{}, {"localid": "6", "messageid": 7, "status": 4}, {"localid": "5", "status": 4}, []]
)
def test_what_kavenegar_says_of_another_id_or_without_one_is_no_answer(entry: object) -> None:
    says(kavenegar([entry]))
    with pytest.raises(UnknownOutcomeError):
        registry.provider("kavenegar").sent_as(5)


def test_the_reason_of_an_error_is_read_whatever_its_http_status() -> None:
    says(kavenegar(None, "418"), 418)
    assert isinstance(problem := outcome("kavenegar"), AlarmError)
    assert problem.code == "418"
    says({"status": 104, "message": "m", "data": None}, 400)
    assert isinstance(problem := outcome("smsir"), RefusedError)
    assert problem.code == "104"


def test_a_success_inside_an_http_error_is_not_believed() -> None:
    says(kavenegar([{"messageid": 1}]), 500)
    assert isinstance(outcome("kavenegar"), UnknownOutcomeError)
    says({"status": 1, "data": {"messageId": 1}}, 500)
    assert isinstance(outcome("smsir"), UnknownOutcomeError)


def test_every_delivery_state_of_kavenegar_is_known() -> None:
    expected = {
        1: Delivery.PENDING, 2: Delivery.PENDING, 4: Delivery.PENDING, 5: Delivery.PENDING,
        6: Delivery.UNDELIVERED, 10: Delivery.DELIVERED, 11: Delivery.UNDELIVERED,
        13: Delivery.UNDELIVERED, 14: Delivery.BLOCKED, 50: Delivery.UNKNOWN,
        100: Delivery.UNKNOWN, 77: Delivery.UNKNOWN,
    }  # fmt: skip
    says(kavenegar([{"messageid": state, "status": state} for state in expected]))
    found = registry.provider("kavenegar").deliveries(list(map(str, expected)))
    assert found == {str(state): delivery for state, delivery in expected.items()}


def test_states_that_were_not_asked_for_or_say_nothing_are_left_out() -> None:
    odd = [{"messageid": 9, "status": 10}, {"messageid": 1, "status": None}, "x", {"status": 10}]
    says(kavenegar([*odd, {"messageid": "2", "status": "10"}]))
    assert registry.provider("kavenegar").deliveries(["1", "2"]) == {"2": Delivery.DELIVERED}


@pytest.mark.parametrize(
    ("state", "delivery"),
    [
        (1, Delivery.DELIVERED), (2, Delivery.UNDELIVERED), (3, Delivery.PENDING),
        (4, Delivery.UNDELIVERED), (5, Delivery.PENDING), (6, Delivery.UNDELIVERED),
        (7, Delivery.BLOCKED), (8, Delivery.UNKNOWN), (None, Delivery.PENDING),
        (99, Delivery.UNKNOWN), ("x", Delivery.UNKNOWN), ("1", Delivery.DELIVERED),
    ],
)  # fmt: skip
def test_every_delivery_state_of_smsir_is_known(state: object, delivery: Delivery) -> None:
    says({"status": 1, "data": {"messageId": 3, "deliveryState": state}})
    assert registry.provider("smsir").deliveries(["3"]) == {"3": delivery}


@pytest.mark.parametrize(
    ("id", "kind"), [(0, RefusedError), (None, RefusedError), ("x", UnknownOutcomeError)]
)
def test_a_receiver_whom_smsir_did_not_take_is_refused(
    id: object, kind: type[ProviderError]
) -> None:
    says({"status": 1, "data": {"packId": "p", "messageIds": [id], "cost": 1.0}})
    assert type(outcome("smsir", BY_LINE)) is kind


@pytest.mark.parametrize("ids", [[], [1, 2], None, "1"])
def test_another_count_of_ids_than_asked_for_is_not_believed(ids: object) -> None:
    says({"status": 1, "data": {"packId": "p", "messageIds": ids}})
    assert isinstance(outcome("smsir", BY_LINE), UnknownOutcomeError)


def test_a_value_too_long_for_smsirs_templates_goes_by_the_line_with_all_its_words() -> None:
    tokens = {
        "token20": "طلافروشی",
        "token10": "چهارشنبه ۳۱ اردیبهشت ساعت ۴:۳۰ بعدازظهر",
        "token": "ط",
    }
    says({"status": 1, "data": {"packId": "p", "messageIds": [11], "cost": 1.0}})
    assert (
        outcome("smsir", OutgoingSms("09121234567", "متن کامل", 5, "visit-proposed", tokens))
        == "11"
    )
    sent = json.loads(Speaker.heard["body"])
    assert Speaker.heard["path"] == "/v1/send/bulk"
    assert (sent["messageText"], sent["mobiles"]) == ("متن کامل", ["09121234567"])


def test_smsir_is_given_the_tokens_that_the_template_shows_and_no_filler() -> None:
    tokens = {"token20": "طلافروشی", "token": "طلافروشی"}
    says({"status": 1, "data": {"messageId": 12, "cost": 1.0}})
    assert outcome("smsir", OutgoingSms("09121234567", "م", 5, "cart-lapsing", tokens)) == "12"
    sent = json.loads(Speaker.heard["body"])
    assert Speaker.heard["path"] == "/v1/send/verify"
    assert sent["parameters"] == [{"name": "TOKEN20", "value": "طلافروشی"}]
    assert "demo-smsir-key" not in Speaker.heard["path"] + Speaker.heard["body"]


def test_without_a_line_smsir_says_so_before_anything_is_sent(settings: Settings) -> None:
    settings.SMSIR_LINE = ""
    assert isinstance(problem := outcome("smsir", BY_LINE), AlarmError)
    assert problem.one_kind


def test_deliveries_that_were_asked_before_a_failure_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = registry.provider("smsir")
    told = iter([Delivery.DELIVERED, RetryError("20")])

    def one(_id: str) -> Delivery:
        answer = next(told)
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    monkeypatch.setattr(client, "_delivery", one)
    assert client.deliveries(["1", "2", "3"]) == {"1": Delivery.DELIVERED}
