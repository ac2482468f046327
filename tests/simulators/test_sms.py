"""The simulated SMS provider: its API, its phone pages, its faults."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from simulators import sms
from simulators.sms.lookup import templates
from simulators.sms.outbox import parts_of
from tests.simulators.sms_client import HOUR, MOBILE, Provider, running


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with running(tmp_path) as provider:
        yield provider


def test_an_accepted_message_is_queued_and_priced(provider: Provider) -> None:
    status, entries = provider.send()
    assert status == 200
    assert entries[0]["status"] == 1
    assert entries[0]["receptor"] == MOBILE
    assert entries[0]["cost"] == 1200
    assert provider.ask("account/info")[1]["remaincredit"] == 50_000_000 - 1200


def test_several_receptors_are_answered_in_their_order(provider: Provider) -> None:
    _, entries = provider.send("+989121234567,9351112233,00989121234568")
    assert [entry["receptor"] for entry in entries] == [MOBILE, "09351112233", "09121234568"]


def test_the_status_moves_with_the_clock(provider: Provider) -> None:
    messageid = provider.send()[1][0]["messageid"]
    seen = []
    for seconds in (0, 4, 7, 20):
        provider.move_clock(seconds)
        seen.append(provider.status(messageid))
    assert seen == [1, 4, 5, 10]


@pytest.mark.parametrize(
    ("receptor", "final"), [("09990000006", 6), ("09990000011", 11), ("09990000014", 14)]
)
def test_magic_receptors_end_badly_and_show_no_message(
    provider: Provider, receptor: str, final: int
) -> None:
    messageid = provider.send(receptor)[1][0]["messageid"]
    provider.move_clock(60)
    assert provider.status(messageid) == final
    assert "پیامی نیست" in requests.get(f"{provider.url}/phone/{receptor}", timeout=3).text


@pytest.mark.parametrize(("receptor", "answer"), [("09990000409", 409), ("09990000451", 451)])
def test_magic_receptors_answer_with_their_code(
    provider: Provider, receptor: str, answer: int
) -> None:
    assert provider.send(receptor)[0] == answer
    assert provider.lookup(receptor=receptor, token="1")[0] == answer


@pytest.mark.parametrize(("receptor", "accepted"), [("09990000901", 0), ("09990000902", 1)])
def test_silence_before_and_after_acceptance(
    provider: Provider, receptor: str, accepted: int
) -> None:
    with pytest.raises(requests.ConnectionError):
        provider.send(receptor)
    assert len(provider.messages(receptor)) == accepted


def test_the_same_localid_is_not_sent_twice_for_twelve_hours(provider: Provider) -> None:
    first = provider.send(localid=77)[1][0]["messageid"]
    provider.move_clock(11 * HOUR)
    assert provider.send(localid=77, message="دیگر")[1][0]["messageid"] == first
    assert len(provider.messages()) == 1
    provider.move_clock(13 * HOUR)
    assert provider.send(localid=77)[1][0]["messageid"] != first


def test_status_windows_close_after_twelve_and_fortyeight_hours(provider: Provider) -> None:
    messageid = provider.send(localid=5)[1][0]["messageid"]
    by_localid = provider.ask("sms/statuslocalmessageid", localid="5,6")[1]
    assert [(item["localid"], item["status"]) for item in by_localid] == [("5", 1), ("6", 100)]
    provider.move_clock(13 * HOUR)
    assert provider.ask("sms/statuslocalmessageid", localid="5")[1][0]["status"] == 100
    assert provider.status(messageid) == 10
    provider.move_clock(49 * HOUR)
    assert provider.status(messageid) == 100


def test_a_scheduled_message_waits_and_can_be_cancelled(provider: Provider) -> None:
    unixtime = provider.ask("utils/getdate")[1]["unixtime"]
    messageid = provider.send(date=unixtime + HOUR)[1][0]["messageid"]
    assert provider.status(messageid) == 2
    assert provider.ask("sms/cancel", messageid=messageid)[1][0]["status"] == 13
    assert provider.ask("account/info")[1]["remaincredit"] == 50_000_000


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"receptor": ""}, 406),
        ({"receptor": "123"}, 411),
        ({"receptor": "۰۹۱۲۱۲۳۴۵۶۷"}, 411),
        ({"message": ""}, 413),
        ({"message": "ا" * 901}, 413),
        ({"message": "a\x07b"}, 422),
        ({"sender": "999"}, 412),
        ({"date": "1000"}, 417),
        ({"localid": "1,2"}, 419),
        ({"tag": "نشان"}, 607),
        ({"receptor": ",".join([MOBILE] * 201)}, 414),
    ],
)
def test_wrong_parameters_of_send_get_their_code(
    provider: Provider, values: dict[str, str], status: int
) -> None:
    assert provider.send(**values)[0] == status
    assert provider.messages() == []


def test_a_missing_parameter_is_not_an_empty_one(provider: Provider) -> None:
    assert provider.ask("sms/send", receptor=MOBILE)[0] == 400


def test_key_method_and_verb_are_checked(provider: Provider) -> None:
    assert Provider(provider.url, "wrong").send()[0] == 403
    assert Provider(provider.url, "0").ask("utils/getdate")[0] == 200
    assert provider.ask("sms/nothing")[0] == 404
    answer = requests.get(f"{provider.url}/v1/demo-sms-key/sms/sendarray.json", timeout=3)
    assert answer.status_code == 405


def test_without_credit_nothing_is_accepted(provider: Provider) -> None:
    requests.post(f"{provider.url}/_control/credit", json={"rial": 1000}, timeout=3)
    assert provider.send()[0] == 418
    assert provider.messages() == []
    assert provider.ask("account/info")[1]["remaincredit"] == 1000


def test_sendarray_wants_arrays_of_one_length(provider: Provider) -> None:
    values = {
        "receptor": json.dumps([MOBILE, "09351112233"]),
        "sender": json.dumps(["10004346", "10004346"]),
        "message": json.dumps(["یک", "دو"]),
    }
    status, entries = provider.ask("sms/sendarray", **values, localmessageids="[1, 2]")
    assert (status, [entry["message"] for entry in entries]) == (200, ["یک", "دو"])
    assert provider.ask("sms/sendarray", **{**values, "message": '["یک"]'})[0] == 419


def test_lookup_fills_the_template(provider: Provider) -> None:
    status, entries = provider.lookup(
        template="visit-confirmed",
        token="محمدی‌نژاد",
        token2="10234",
        token10="دوشنبه ۶ فروردین ساعت ۳ بعدازظهر",
        token20="طلافروشی حسینی",
    )
    assert status == 200
    assert entries[0]["message"] == (
        "سپتام\nبازدید «طلافروشی حسینی» قطعی شد:\nدوشنبه ۶ فروردین ساعت ۳ بعدازظهر\n"
        "کارشناس: محمدی‌نژاد، کد 10234"
    )
    assert provider.messages()[0]["template"] == "visit-confirmed"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"token": "12 34"}, 431),
        ({"token": "12\n34"}, 431),
        ({"token": "12_34"}, 431),
        ({"token": "1" * 101}, 431),
        ({"token": "1", "token10": "a b c d e f g"}, 431),
        ({"token": "1", "token20": "a b c d e f g h i j"}, 431),
        ({"token": ""}, 406),
        ({}, 400),
        ({"token": "abc", "type": "call"}, 428),
        ({"token": "1", "template": "no-such"}, 424),
        ({"token": "1", "template": "support-answered"}, 432),
        ({"token": "1", "template": "payment-receipt"}, 400),
        ({"token": "1", "receptor": f"{MOBILE},09351112233"}, 411),
    ],
)
def test_wrong_parameters_of_lookup_get_their_code(
    provider: Provider, values: dict[str, str], status: int
) -> None:
    assert provider.lookup(**values)[0] == status
    assert provider.messages() == []


def test_the_certificate_link_carries_the_portals_domain(tmp_path: Path) -> None:
    with sms.serve(data=tmp_path, account=sms.Account(site="127.0.0.1:8000")) as server:
        _, entries = Provider(server.url).lookup(
            template="certificate-issued", token="۱۴۰۳/۰۷/۰۶", token2="K7M4-9QXT-2H", token20="محل"
        )
    assert entries[0]["message"].endswith("127.0.0.1:8000/c/K7M4-9QXT-2H")


def test_there_is_a_template_for_each_event_that_the_portal_sends() -> None:
    with (Path(__file__).parents[2] / "data" / "sms_texts.csv").open(encoding="utf-8") as file:
        assert set(templates()) == {row["template"] for row in csv.DictReader(file)}
    assert all(text.startswith("سپتام\n") for text in templates().values())


@pytest.mark.parametrize(
    ("text", "parts"),
    [("ا" * 70, 1), ("ا" * 71, 2), ("ا" * 134, 2), ("ا" * 135, 3), ("a" * 160, 1), ("a" * 161, 2)],
)
def test_parts_are_counted_as_operators_do(text: str, parts: int) -> None:
    assert parts_of(text) == parts


def test_faults_spoil_the_answer_before_or_after_acceptance(provider: Provider) -> None:
    provider.fault(operation="sms/send", kind="before")
    with pytest.raises(requests.ConnectionError):
        provider.send()
    assert provider.messages() == []
    provider.fault(operation="*", kind="after")
    with pytest.raises(requests.ConnectionError):
        provider.send(localid=9)
    assert len(provider.messages()) == 1
    provider.fault(operation="sms/send", kind="code", value="402", count=2)
    assert [provider.send()[0] for _ in range(3)] == [402, 402, 200]


def test_the_phone_shows_the_newest_first_and_escapes(provider: Provider) -> None:
    provider.send(message="نخستین")
    provider.send(message="<b>دومین</b>")
    page = requests.get(f"{provider.url}/phone/{MOBILE}", timeout=3).text
    assert page.index("&lt;b&gt;دومین") < page.index("نخستین")
    assert '<meta http-equiv="refresh"' in page
    assert 'dir="rtl"' in page


def test_the_first_page_lists_phones_and_opens_a_typed_one(provider: Provider) -> None:
    provider.send()
    assert f"/phone/{MOBILE}" in requests.get(provider.url, timeout=3).text
    opened = requests.get(provider.url, params={"mobile": "۰۹۳۵۱۱۱۲۲۳۳"}, timeout=3)
    assert opened.url.endswith("/phone/09351112233")
    spaced = requests.get(provider.url, params={"mobile": "۰۹۳۵ ۱۱۱-۲۲۳۳"}, timeout=3)
    assert spaced.url.endswith("/phone/09351112233")
    assert requests.get(provider.url, params={"mobile": "12"}, timeout=3).status_code == 400


def test_messages_survive_a_restart_and_reset_forgets_them(tmp_path: Path) -> None:
    with sms.serve(data=tmp_path) as server:
        Provider(server.url).send()
    with sms.serve(data=tmp_path) as server:
        provider = Provider(server.url)
        assert len(provider.messages()) == 1
        requests.post(f"{server.url}/_control/reset", timeout=3)
        assert provider.messages() == []
