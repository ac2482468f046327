"""The block list, callbacks, and the methods of Kavenegar beside sending and asking."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from simulators.sms import codes
from simulators.sms.callbacks import MOST_REPEATS, Callbacks
from simulators.sms.outbox import Draft, Outbox
from simulators.sms.server import SCHEMA
from simulators.store import Store
from tests.simulators.sms_client import HOUR, MOBILE, Provider, running

LINE = "10004346"
DAY = 24 * HOUR
START = 1_790_000_000


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with running(tmp_path) as provider:
        yield provider


def test_the_tables_of_codes_are_whole() -> None:
    assert set(codes.ANSWERS) == {
        200, *range(400, 408), 409, 411, 412, 413, 414, 415, 416, 417, 418, 419, 420, 422, 424,
        426, 427, 428, 429, 431, 432, 451, 501, 604, 607, *range(800, 814),
    }  # fmt: skip
    assert {1, 2, 4, 5, 6, 10, 11, 13, 14, 100} == set(codes.STATUS_TEXTS)


def test_a_blocked_receiver_gets_templates_only_and_the_line_costs_nothing(
    provider: Provider,
) -> None:
    assert provider.ask("line/blocked/add", linenumber=LINE, receptor=MOBILE)[0] == 200
    assert provider.ask("line/blocked/exists", linenumber=LINE, receptor=MOBILE)[1][0]["exists"]
    credit = provider.ask("account/info")[1]["remaincredit"]
    by_line = provider.send()[1][0]["messageid"]
    assert provider.ask("account/info")[1]["remaincredit"] == credit
    by_template = provider.lookup(token="1")[1][0]["messageid"]
    provider.move_clock(60)
    assert (provider.status(by_line), provider.status(by_template)) == (14, 10)
    assert provider.ask("line/blocked/list", linenumber=LINE)[1][0]["blockreason"] == 0
    provider.ask("line/blocked/remove", linenumber=LINE, receptor=MOBILE)
    again = provider.send()[1][0]["messageid"]
    provider.move_clock(120)
    assert provider.status(again) == 10


def test_a_person_blocks_advertising_on_the_phone_and_sees_there_what_did_not_arrive(
    provider: Provider,
) -> None:
    url = f"{provider.url}/phone/{MOBILE}"
    assert "بسته است" in requests.post(url, data={"action": "block"}, timeout=3).text
    provider.send(message="تخفیف")
    provider.lookup(token="4821")
    page = requests.get(url, timeout=3).text
    arrived, missing = page.split("به این گوشی نرسیده است")
    assert "4821" in arrived
    assert "تخفیف" not in arrived
    assert "تخفیف" in missing
    assert "پیامک تبلیغاتی نمی‌پذیرد" in missing
    assert "باز است" in requests.post(url, data={"action": "unblock"}, timeout=3).text


def test_the_phone_tells_day_parts_and_whether_it_has_arrived(provider: Provider) -> None:
    provider.send(message="ا" * 71)
    url = f"{provider.url}/phone/{MOBILE}"
    page = requests.get(url, timeout=3).text
    assert "امروز" in page
    assert "۲ بخش" in page
    assert "در راه" in page
    provider.move_clock(2 * DAY)
    later = requests.get(url, timeout=3).text
    assert "رسید" in later
    assert "امروز" not in later


class Customer(BaseHTTPRequestHandler):
    """Where a line's changes of status are told: answers what the test wants."""

    answer = 200
    told: list[dict[str, str]]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode() or urlsplit(self.path).query
        Customer.told.append({"verb": self.command, **dict(parse_qsl(text))})
        self.send_response(Customer.answer)
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture
def customer() -> Iterator[str]:
    Customer.answer, Customer.told = 200, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Customer)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/told"
    server.shutdown()
    server.server_close()


class Teller:
    """The calls to a customer, turn by turn, without the thread that makes them."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.store = Store(folder, SCHEMA)
        self.outbox = Outbox(self.store, lambda: self.now)
        self.calls = Callbacks(self.store, lambda: self.now, Event())

    def send(self, receptor: str = MOBILE) -> str:
        return str(self.outbox.accept([Draft(receptor, "سلام", LINE)])[0]["messageid"])


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    teller = Teller(tmp_path)
    yield teller
    teller.store.close()


@pytest.mark.parametrize("verb", ["POST", "GET"])
def test_each_change_of_a_lines_messages_is_told_once(
    teller: Teller, customer: str, verb: str
) -> None:
    teller.calls.hook(LINE, customer, verb)
    id = teller.send()
    for seconds in (0, 4, 7, 20, 60):
        teller.now = START + seconds
        teller.calls.turn()
    assert Customer.told == [
        {"verb": verb, "messageid": id, "status": status} for status in ("4", "5", "10")
    ]


def test_another_line_is_not_told_about(teller: Teller, customer: str) -> None:
    teller.calls.hook("20008080", customer)
    teller.send()
    teller.now += 60
    assert teller.calls.turn() == 0


def test_another_answer_than_200_is_repeated_every_two_minutes_thirty_times(
    teller: Teller, customer: str
) -> None:
    teller.calls.hook(LINE, customer)
    Customer.answer = 500
    teller.send("09990000011")
    teller.now += 20
    assert teller.calls.turn() == 1
    assert teller.calls.turn() == 0, "not before two minutes"
    for turn in range(1, MOST_REPEATS + 5):
        teller.now = START + 20 + 121 * turn
        teller.calls.turn()
    assert len(Customer.told) == 1 + MOST_REPEATS
    assert {told["status"] for told in Customer.told} == {"11"}


def test_nobody_at_the_customers_address_is_repeated_too(teller: Teller, customer: str) -> None:
    teller.calls.hook(LINE, "http://127.0.0.1:9/told")
    teller.send()
    teller.now += 20
    teller.calls.turn()
    teller.calls.hook(LINE, customer)
    teller.now += 200
    teller.calls.turn()
    assert [told["status"] for told in Customer.told] == ["10"]


def test_the_account_page_charges_and_tells_lines_where_to_call(
    provider: Provider, customer: str
) -> None:
    url = f"{provider.url}/account"
    form = {"action": "credit", "provider": "kavenegar", "amount": "۱٬۲۰۰"}
    assert "۱٬۲۰۰ ریال" in requests.post(url, data=form, timeout=3).text
    assert [provider.send()[0] for _ in range(2)] == [200, 418]
    provider.control("credit", "POST", rial=5_000_000)
    assert provider.send()[0] == 200
    hook = {"action": "hook", "line": LINE, "url": f"{customer}/very-secret-part", "method": "GET"}
    page = requests.post(url, data=hook, timeout=3).text
    assert "very-secret-part" not in page
    assert provider.control("callbacks")["lines"][0]["method"] == "GET"
    assert page.count("همه خط‌ها") == 1
    assert "&lt;option" not in page
    wrong = {"action": "hook", "line": LINE, "url": "ftp://x"}
    assert requests.post(url, data=wrong, timeout=3).status_code == 400


def test_lists_of_what_was_sent(provider: Provider) -> None:
    now = provider.ask("utils/getdate")[1]["unixtime"]
    for _ in range(3):
        provider.send()
    provider.send("09351112233", sender="20008080")
    by_receptor = provider.ask("sms/statusbyreceptor", receptor=MOBILE, startdate=now - 60)
    assert len(by_receptor[1]) == 3
    assert len(provider.ask("sms/selectoutbox", startdate=now - 60)[1]) == 4
    assert len(provider.ask("sms/latestoutbox", pagesize=2)[1]) == 2
    assert len(provider.ask("sms/latestoutbox", sender="20008080")[1]) == 1
    counted = provider.ask("sms/countoutbox", startdate=now - 60)[1]
    assert (counted["sumcount"], counted["sumpart"], counted["cost"]) == (4, 4, 4800)
    for method, values in (
        ("sms/selectoutbox", {"startdate": now - 4 * DAY, "enddate": now - 4 * DAY + 60}),
        ("sms/countoutbox", {"startdate": now - 2 * DAY}),
        ("sms/statusbyreceptor", {"startdate": now + 60, "receptor": MOBILE}),
    ):
        assert provider.ask(method, **values)[0] == 417
    assert provider.ask("sms/latestoutbox", pagesize=501)[0] == 414


def test_what_came_in_is_read_once(provider: Provider) -> None:
    now = provider.ask("utils/getdate")[1]["unixtime"]
    provider.control("incoming", "POST", sender=MOBILE, line=LINE, message="سلام")
    assert provider.ask("sms/countinbox", startdate=now - 60)[1]["sumcount"] == 1
    assert len(provider.ask("sms/inboxpaged", linenumber=LINE, isread=0)[1]) == 1
    assert provider.ask("sms/receive", linenumber=LINE, isread=0)[1][0]["message"] == "سلام"
    assert provider.ask("sms/receive", linenumber=LINE, isread=0)[1] == []
    assert len(provider.ask("sms/receive", linenumber=LINE, isread=1)[1]) == 1
    assert provider.ask("sms/receive", linenumber="999", isread=1)[0] == 412


def test_in_debug_mode_everything_is_taken_and_nothing_sent(provider: Provider) -> None:
    assert provider.ask("account/config")[1]["debugmode"] == "disabled"
    provider.ask("account/config", debugmode="enabled")
    messageid = provider.send()[1][0]["messageid"]
    assert provider.status(messageid) == 13
    assert provider.ask("account/info")[1]["remaincredit"] == 50_000_000
    assert provider.ask("account/config", debugmode="perhaps")[0] == 400


def test_a_call_speaks_and_remembers_its_localid(provider: Provider) -> None:
    first = provider.ask("call/maketts", receptor=MOBILE, message="سلام", localid=3)[1][0]
    second = provider.ask("call/maketts", receptor=MOBILE, message="سلام", localid=3)[1][0]
    assert first["messageid"] == second["messageid"]
    assert "تماس گویا" in requests.get(f"{provider.url}/phone/{MOBILE}", timeout=3).text


def test_a_data_folder_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    old = SCHEMA.split("CREATE INDEX")[0]
    Store(tmp_path, old).close()
    with running(tmp_path) as provider:
        assert provider.send()[0] == 200
