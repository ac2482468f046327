"""One table of behaviours for every SMS provider, over real sockets against its simulator."""

import logging
import socket
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from pytest_django.fixtures import Settings

from notifications.providers import exchange, registry
from notifications.providers.base import (
    AlarmError,
    CreditUnit,
    Delivery,
    OutgoingSms,
    ProviderError,
    RefusedError,
    RetryError,
    SmsProvider,
    UnknownOutcomeError,
)
from simulators.control import FAULT_KINDS
from simulators.sms import server as sms_server
from tests.simulated import ask_anew

MOBILE = "09121234567"
KEY = "a-key-that-nobody-may-see"
TEXT = "سپتام\nکد ورود: 482137\nتا ۵ دقیقه معتبر است. به کسی نگویید."
# Every fault of the simulator that leaves no answer to read.
SPOILED = (
    "before", "after", "malformed", "empty", "html", "http_502", "huge", "wrong_shape",
)  # fmt: skip


@dataclass
class Peer:
    """A provider's client before its simulator, and the names that the provider has for things."""

    url: str
    client: SmsProvider
    by_template: str
    by_line: str
    report: str
    credit: str

    def fault(self, operation: str, kind: str, **more: object) -> None:
        fault = {"operation": operation, "kind": kind, **more}
        requests.post(f"{self.url}/_control/faults", json=fault, timeout=5).raise_for_status()

    def move_clock(self, seconds: int) -> None:
        moved = {"offset_seconds": seconds}
        requests.post(f"{self.url}/_control/clock", json=moved, timeout=5).raise_for_status()

    def set_credit(self, amount: int) -> None:
        body = {"rial": amount, "provider": self.client.name}
        requests.post(f"{self.url}/_control/credit", json=body, timeout=5).raise_for_status()

    def accepted(self, mobile: str = MOBILE) -> list[str]:
        answer = requests.get(f"{self.url}/_control/messages", {"receptor": mobile}, timeout=5)
        return [one["message"] for one in answer.json()["messages"]]

    def state(self, id: str, after: int = 60) -> Delivery:
        self.move_clock(after)
        return self.client.deliveries([id])[id]


# What each code means for a message, from the providers' own tables; «kind» is an alarm of that kind of message alone.
CODES = {
    "kavenegar": {
        **dict.fromkeys((400, 406, 411, 413, 414, 415, 417, 419, 422, 428, 431, 604), "refused"),
        **dict.fromkeys((401, 403, 404, 405, 407, 416, 418, 426, 427, 501), "alarm"),
        **dict.fromkeys(range(800, 814), "alarm"),
        **dict.fromkeys((412, 420, 424, 432, 607), "kind"),
        402: "thrice",
        409: "retry",
        **dict.fromkeys((429, 451), "pause"),
    },
    "smsir": {
        0: "unknown",
        **dict.fromkeys((10, 11, 12, 13, 14, 15, 102), "alarm"),
        **dict.fromkeys((101, 113, 117, 119, 123, 124), "kind"),
        **dict.fromkeys((16, *range(103, 113), 114, 115, 116, 118), "refused"),
        20: "pause",
    },
}


def kind_of(problem: ProviderError) -> str:
    if isinstance(problem, AlarmError):
        return "kind" if problem.one_kind else "alarm"
    if isinstance(problem, RetryError):
        return "thrice" if problem.at_most == 3 else "pause" if problem.pause else "retry"
    return "refused" if isinstance(problem, RefusedError) else "unknown"


NAMES = {
    "kavenegar": ("verify/lookup", "sms/send", "sms/status", "account/info"),
    "smsir": ("smsir/verify", "smsir/bulk", "smsir/report", "smsir/credit"),
}


@pytest.fixture(params=NAMES)
def peer(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    settings: Settings,
) -> Iterator[Peer]:
    account = sms_server.Account(KEY, smsir=smsir_account())
    with sms_server.serve(data=tmp_path, account=account, hold_seconds=0.2) as running:
        settings.SMS_URL = settings.SMSIR_URL = running.url
        settings.SMS_KEY = settings.SMSIR_KEY = KEY
        ask_anew()
        yield Peer(running.url, registry.provider(request.param), *NAMES[request.param])
        ask_anew()


def smsir_account() -> sms_server.smsir.SmsIrAccount:
    return sms_server.smsir.SmsIrAccount(KEY)


def sms(mobile: str = MOBILE, *, template: str = "login-code", local_id: int = 1) -> OutgoingSms:
    tokens = {"token": "482137"} if template else {}
    return OutgoingSms(mobile, TEXT, local_id, template, tokens)


def line(mobile: str = MOBILE, local_id: int = 1) -> OutgoingSms:
    return sms(mobile, template="", local_id=local_id)


def failure(peer: Peer, message: OutgoingSms) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        peer.client.send(message)
    return caught.value


def test_a_message_by_template_and_one_by_line_arrive_with_the_same_words(peer: Peer) -> None:
    assert peer.client.send(sms()).isdigit()
    assert peer.client.send(line()).isdigit()
    assert peer.accepted() == [TEXT, TEXT]


@pytest.mark.parametrize("mobile", ["9121234567", "+989121234567", "۰۹۱۲۱۲۳۴۵۶۷", "0912123456", ""])
def test_a_number_in_another_form_than_the_stored_one_is_refused_without_a_call(
    peer: Peer, mobile: str
) -> None:
    peer.fault("*", "after")
    assert isinstance(failure(peer, sms(mobile)), RefusedError)


@pytest.mark.parametrize("template", ["login-code", ""])
def test_an_answer_that_says_nothing_leaves_the_outcome_unknown(peer: Peer, template: str) -> None:
    assert {*SPOILED, "code", "twice", "delay"} == {*FAULT_KINDS, *sms_server.OWN_KINDS}
    for kind in SPOILED:
        peer.fault(peer.by_template if template else peer.by_line, kind)
        assert isinstance(failure(peer, sms(template=template)), UnknownOutcomeError), kind
        assert peer.client.send(sms(template=template)).isdigit(), "the next one is sent as ever"


def test_a_provider_that_does_not_answer_in_time_leaves_the_outcome_unknown(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = peer.client.send(sms())
    monkeypatch.setattr(exchange, "TIMEOUTS", (5, 0.2))
    for operation in (peer.by_template, peer.by_line, peer.report, peer.credit):
        peer.fault(operation, "delay", seconds=600)
    assert failure(peer, sms()).code == "no-answer"
    assert isinstance(failure(peer, line()), UnknownOutcomeError)
    with pytest.raises(UnknownOutcomeError):
        peer.client.deliveries([id])
    with pytest.raises(UnknownOutcomeError):
        peer.client.credit()


def test_every_code_of_the_provider_has_its_class(peer: Peer) -> None:
    for code, expected in CODES[peer.client.name].items():
        peer.fault(peer.by_template, "code", value=str(code))
        problem = failure(peer, sms())
        assert (kind_of(problem), problem.code) == (expected, str(code))
    table = sms_server.smsir.ANSWERS if peer.client.name == "smsir" else sms_server.codes.ANSWERS
    assert CODES[peer.client.name].keys() == table.keys() - {1, 200}
    assert peer.accepted() == []


def test_a_code_that_nobody_knows_leaves_the_outcome_unknown(peer: Peer) -> None:
    peer.fault(peer.by_template, "code", value="987")
    assert isinstance(failure(peer, sms()), UnknownOutcomeError)


def test_a_result_that_stands_twice_in_the_answer_counts_once_or_is_not_believed(
    peer: Peer,
) -> None:
    peer.fault(peer.by_template, "twice")
    assert peer.client.send(sms()).isdigit()
    peer.fault(peer.report, "twice")
    id = peer.client.send(sms())
    assert set(peer.client.deliveries([id])) == {id}


def test_nobody_at_the_address_means_that_nothing_was_sent(peer: Peer, settings: Settings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.SMS_URL = settings.SMSIR_URL = f"http://127.0.0.1:{unused.getsockname()[1]}"
        ask_anew()
        peer.client = registry.provider(peer.client.name)
        assert isinstance(failure(peer, sms()), RetryError)


@pytest.mark.parametrize(
    ("mobile", "state"),
    [
        (MOBILE, Delivery.DELIVERED),
        ("09990000006", Delivery.UNDELIVERED),
        ("09990000011", Delivery.UNDELIVERED),
    ],
)
def test_delivery_is_told_once_the_operator_knows(peer: Peer, mobile: str, state: Delivery) -> None:
    id = peer.client.send(sms(mobile))
    assert peer.client.deliveries([id]) == {id: Delivery.PENDING}
    assert peer.state(id, after=4) == Delivery.PENDING
    assert peer.state(id) == state


def test_who_blocks_advertising_gets_templates_all_the_same(peer: Peer) -> None:
    assert peer.state(peer.client.send(sms("09990000014"))) == Delivery.DELIVERED
    if peer.client.name == "smsir":
        assert failure(peer, line("09990000014")).code == "blocked"
    else:
        id = peer.client.send(line("09990000014", 2))
        assert peer.state(id, after=120) == Delivery.BLOCKED


def test_an_id_of_nobody_is_unknown(peer: Peer) -> None:
    assert peer.client.deliveries(["1234567"]) == {"1234567": Delivery.UNKNOWN}


def test_delivery_and_credit_that_cannot_be_asked_are_no_news(peer: Peer) -> None:
    id = peer.client.send(sms())
    for kind in SPOILED:
        peer.fault(peer.report, kind)
        with suppress(UnknownOutcomeError):
            assert peer.client.deliveries([id]) == {}, kind
        peer.fault(peer.credit, kind)
        with pytest.raises(UnknownOutcomeError):
            peer.client.credit()


def test_credit_runs_out_and_an_empty_account_is_an_alarm(peer: Peer) -> None:
    before = peer.client.credit()
    assert before.unit == (CreditUnit.MESSAGES if peer.client.name == "smsir" else CreditUnit.RIAL)
    assert not before.is_low
    peer.client.send(sms())
    assert peer.client.credit().amount < before.amount
    peer.set_credit(0)
    assert peer.client.credit().is_low
    problem = failure(peer, sms())
    assert isinstance(problem, AlarmError)
    assert not problem.one_kind
    peer.set_credit(1_000_000)
    assert peer.client.send(sms(local_id=2)).isdigit()


def test_a_wrong_key_is_an_alarm_of_the_whole_account(peer: Peer, settings: Settings) -> None:
    settings.SMS_KEY = settings.SMSIR_KEY = "another"
    ask_anew()
    peer.client = registry.provider(peer.client.name)
    problem = failure(peer, sms())
    assert isinstance(problem, AlarmError)
    assert not problem.one_kind


def test_what_repeats_safely_is_one_message_and_can_be_asked_about(peer: Peer) -> None:
    if not peer.client.repeats_safely(by_template=False):
        with pytest.raises(UnknownOutcomeError):
            peer.client.sent_as(7)
        return
    peer.fault(peer.by_line, "after")
    assert isinstance(failure(peer, line(local_id=7)), UnknownOutcomeError)
    id = peer.client.sent_as(7)
    assert peer.client.send(line(local_id=7)) == id
    assert len(peer.accepted()) == 1
    assert peer.client.sent_as(8) == ""
    assert not peer.client.repeats_safely(by_template=True)


def test_key_and_words_stand_in_no_log_error_or_client(
    peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [repr(peer.client), str(vars(peer.client))] if peer.client.name == "kavenegar" else []
    shown += [repr(peer.client), repr(sms())]
    for kind in SPOILED:
        for operation, message in ((peer.by_template, sms()), (peer.by_line, line())):
            peer.fault(operation, kind)
            problem: BaseException | None = failure(peer, message)
            while problem is not None:
                shown += traceback.format_exception(problem)
                problem = problem.__context__ or problem.__cause__
    seen = "\n".join([*shown, caplog.text, *map(repr, caplog.records)])
    for secret in (KEY, "482137", TEXT):
        assert secret not in seen
