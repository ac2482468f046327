"""«خروجی» of the office's lists: what the filters leave, for each role what it may know, and a note of who took it."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from notifications.models import SmsMessage
from septam.exports import files
from septam.models import AuditEvent
from tests.access.world import World, make_world
from tests.make import make_place
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db


def taken(client: Client, model: str, kind: str = "csv", **query: str) -> Any:
    """The answer to a click on the button below these filters."""
    return client.post(reverse(f"admin:{model}_export", query=query), {"format": kind})


def rows(answer: Any) -> list[dict[str, str]]:
    """The lines of a CSV, by its headings."""
    assert answer.status_code == 200, answer
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def office(role: Role, world: World) -> Client:
    """A member of staff of the world's laboratory."""
    laboratory = world.journey.place.laboratory if role in (Role.EXPERT, Role.LAB_MANAGER) else None
    return office_client(make_staff(role, laboratory))


def test_a_list_goes_out_as_its_filters_and_search_leave_it() -> None:
    world = make_world()
    support = office(Role.SUPPORT, world)
    found = rows(taken(support, "inspections_visitrequest", work="proposed"))
    assert [row["شماره پیگیری"] for row in found] == [world.proposed.number]
    assert found[0]["زمان بازدید (شمسی)"]
    assert found[0]["آدرس دقیق"], "not the word for an address of the net"
    assert found[0]["در این وضعیت از (شمسی)"]
    found = rows(taken(support, "inspections_visitrequest", q="کافه"))
    assert [row["محل"] for row in found] == ["کافه نگار"]
    assert rows(taken(support, "inspections_certificate"))[0]["محل"] == "طلافروشی حسینی"


def test_laboratories_get_the_number_for_coordination_and_no_other() -> None:
    world = make_world()
    profile = world.owner.profile
    profile.coordination_phone = "02166554433"
    profile.save(update_fields=["coordination_phone"])
    for role in (Role.EXPERT, Role.LAB_MANAGER):
        answer = taken(office(role, world), "inspections_visitrequest", work="all")
        text = b"".join(answer.streaming_content).decode()
        assert "02166554433" in text
        assert str(world.owner.mobile) not in text
    found = rows(taken(office(Role.SUPPORT, world), "inspections_visitrequest", work="all"))
    assert {row["همراه متقاضی"] for row in found} == {world.owner.mobile}


def test_whose_data_went_out_is_noted_and_a_search_only_by_its_kind() -> None:
    world = make_world()
    answer = taken(office(Role.SUPPORT, world), "septam_sites_place", q="کافه", state="ready")
    told = AuditEvent.objects.filter(verb="office.export").order_by("pk")
    noted, owners = list(told)  # before the first row leaves
    assert noted.detail["filters"] == {"state": "ready", "q": "text"}
    assert (noted.detail["rows"], noted.detail["format"]) == (len(rows(answer)), "csv")
    assert owners.owner_ids == [world.owner.pk]
    assert owners.detail["ids"] == [world.scheduling.place_id]


def test_no_cell_is_a_formula_and_no_text_of_an_sms_goes_out() -> None:
    world = make_world()
    make_place(world.owner, "=1+1")
    manager = office(Role.MANAGER, world)
    file = io.BytesIO(b"".join(taken(manager, "septam_sites_place", "xlsx").streaming_content))
    sheet = load_workbook(file).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "'=1+1" in [cell.value for cell in cells]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    sent = "".join(map(str, rows(taken(manager, "notifications_smsmessage"))))
    texts = [text for text in SmsMessage.objects.values_list("text", flat=True) if text]
    assert texts
    assert [text for text in texts if text in sent] == []


def test_too_many_rows_and_none_at_all_lead_back_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world()
    support = office(Role.SUPPORT, world)
    none = support.post(reverse("admin:septam_sites_place_export", query={"q": "ناموجود"}), follow=True)  # fmt: skip
    assert "فایلی ساخته نشد" in none.content.decode()
    assert none.request["QUERY_STRING"].startswith("q=")
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    many = support.post(reverse("admin:septam_sites_place_export"), follow=True)
    assert "بیش از ۲ است" in many.content.decode()
    assert not AuditEvent.objects.filter(verb="office.export").exists()
