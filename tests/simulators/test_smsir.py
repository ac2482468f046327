"""The simulated SMS.ir: its paths, its codes, its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from septam.sms_settings import demo_templates
from simulators.sms import lookup
from simulators.sms.smsir import ANSWERS, templates
from tests.simulators.sms_client import HOUR, MOBILE, Provider, running

LINE = 30007732000000
LOGIN = demo_templates(["login-code"])["login-code"]
CODE = [{"name": "TOKEN", "value": "482137"}]


@dataclass
class SmsIr:
    """Calls SMS.ir as its pages describe."""

    provider: Provider
    key: str = "demo-smsir-key"

    def ask(self, path: str, method: str = "GET", **body: Any) -> tuple[int, int, Any]:
        """The HTTP status, the answer's own, and the data."""
        answer = requests.request(
            method,
            f"{self.provider.url}/v1/{path}",
            json=body,
            headers={"X-API-KEY": self.key},
            timeout=3,
        )
        told = answer.json()
        assert told["message"]
        return answer.status_code, told["status"], told["data"]

    def verify(self, **body: Any) -> tuple[int, int, Any]:
        usual = {"mobile": MOBILE, "templateId": LOGIN, "parameters": CODE}
        return self.ask("send/verify", "POST", **usual | body)

    def bulk(self, **body: Any) -> tuple[int, int, Any]:
        usual = {"lineNumber": LINE, "messageText": "سلام", "mobiles": [MOBILE]}
        return self.ask("send/bulk", "POST", **usual | body)


@pytest.fixture
def smsir(tmp_path: Path) -> Iterator[SmsIr]:
    with running(tmp_path) as provider:
        yield SmsIr(provider)


def test_a_code_by_template_arrives_and_its_state_moves_with_the_clock(smsir: SmsIr) -> None:
    http, status, data = smsir.verify()
    assert (http, status, data["cost"]) == (200, 1, 1.0)
    seen = []
    for seconds in (0, 3, 6, 20):
        smsir.provider.move_clock(seconds)
        seen.append(smsir.ask(f"send/{data['messageId']}")[2]["deliveryState"])
    assert seen == [None, 3, 5, 1]
    assert smsir.provider.messages()[0]["message"] == lookup.templates()["login-code"].replace(
        "%token", "482137"
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"mobile": "12"}, 104),
        ({"templateId": 7}, 113),
        ({"parameters": [{"name": "TOKEN", "value": "1" * 26}]}, 114),
        ({"parameters": [{"name": "", "value": "1"}]}, 116),
        ({"parameters": [{"name": "TOKEN", "value": ""}]}, 16),
    ],
)
def test_wrong_templates_get_their_code(smsir: SmsIr, body: dict[str, Any], status: int) -> None:
    assert smsir.verify(**body)[:2] == (400, status)
    assert smsir.provider.messages() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"lineNumber": 1}, 101),
        ({"messageText": " "}, 103),
        ({"mobiles": []}, 107),
        ({"mobiles": [MOBILE] * 101}, 105),
        ({"sendDateTime": 1000}, 109),
    ],
)
def test_wrong_texts_get_their_code(smsir: SmsIr, body: dict[str, Any], status: int) -> None:
    assert smsir.bulk(**body)[:2] == (400, status)


def test_a_wrong_number_has_no_id_and_a_blocked_one_the_id_0(smsir: SmsIr) -> None:
    data = smsir.bulk(mobiles=[MOBILE, "12", "09990000014"])[2]
    assert data["messageIds"][1:] == [None, 0]
    assert data["cost"] == 1.0
    assert len(smsir.ask(f"send/pack/{data['packId']}")[2]) == 2
    assert smsir.ask("send/pack/0000")[1] == 111


def test_pairs_of_text_and_number_must_be_as_many(smsir: SmsIr) -> None:
    body = {"lineNumber": LINE, "messageTexts": ["یک", "دو"], "mobiles": [MOBILE]}
    assert smsir.ask("send/likeToLike", "POST", **body)[1] == 110
    body["mobiles"] = [MOBILE, "09351112233"]
    assert len(smsir.ask("send/likeToLike", "POST", **body)[2]["messageIds"]) == 2
    assert len(smsir.ask("send/live")[2]) == 2


def test_a_pack_with_a_time_can_be_taken_back(smsir: SmsIr) -> None:
    now = smsir.provider.ask("utils/getdate")[1]["unixtime"]
    pack = smsir.bulk(sendDateTime=now + 2 * HOUR)[2]["packId"]
    assert smsir.ask(f"send/scheduled/{pack}", "DELETE")[2]["smsCount"] == 1
    assert smsir.ask("credit")[2] == 10_000.0
    assert smsir.ask(f"send/scheduled/{'a' * 8}", "DELETE")[1] == 112


def test_the_key_is_a_header_and_the_credits_are_two(smsir: SmsIr) -> None:
    assert SmsIr(smsir.provider, "wrong").verify()[:2] == (401, 10)
    assert smsir.ask("line")[2] == [LINE]
    smsir.verify()
    assert smsir.ask("credit")[2] == 9_999.0
    assert smsir.provider.ask("account/info")[1]["remaincredit"] == 50_000_000
    smsir.provider.control("credit", "POST", rial=0, provider="smsir")
    assert smsir.verify()[:2] == (400, 102)


def test_the_two_providers_do_not_know_each_others_messages(smsir: SmsIr) -> None:
    mine = smsir.verify()[2]["messageId"]
    other = smsir.provider.send()[1][0]["messageid"]
    assert smsir.provider.status(mine) == 100
    assert smsir.ask(f"send/{other}")[1] == 111


def test_the_phone_names_the_provider_and_the_first_has_its_magic_numbers_alone(
    smsir: SmsIr,
) -> None:
    assert smsir.verify(mobile="09990000409")[1] == 1
    page = requests.get(f"{smsir.provider.url}/phone/09990000409", timeout=3).text
    assert "SMS.ir" in page


@pytest.mark.parametrize(("code", "http"), [("20", 429), ("0", 500), ("11", 401), ("117", 400)])
def test_a_code_on_demand_has_its_http_status(smsir: SmsIr, code: str, http: int) -> None:
    smsir.provider.fault(operation="smsir/verify", kind="code", value=code)
    assert smsir.verify()[:2] == (http, int(code))


def test_the_tables_are_whole_and_each_template_has_a_number_of_its_own() -> None:
    assert set(ANSWERS) == {0, 1, *range(10, 17), 20, *range(101, 120), 123, 124}
    assert len(templates()) == len(lookup.templates())
    assert templates()[LOGIN].count("#TOKEN#") == 1
