"""Hours of a season in the office: entered once, and in the order of time."""

import re

import pytest
from django.test import Client

from accounts.models import Role
from inspections.models import SpecialHours
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db
RAMADAN = {
    "name": "ماه رمضان", "first_day": "۱۴۰۳/۱۲/۱۱", "last_day": "۱۴۰۴/۰۱/۱۰", "opens": "۹", "closes": "۱۴",
}  # fmt: skip


@pytest.fixture
def manager() -> Client:
    """A system manager's browser, past the second factor."""
    return office_client(make_staff(Role.MANAGER))


def answer(manager: Client, **changed: str) -> str:
    """What the form of a new season says; empty where it took it."""
    sent = manager.post("/office/inspections/specialhours/add/", RAMADAN | changed)
    return "" if sent.status_code == 302 else sent.content.decode()


def test_the_same_hours_of_the_same_days_are_entered_once(manager: Client) -> None:
    assert answer(manager) == ""
    again = answer(manager, name="رمضان")
    assert "این ساعت‌ها برای همین روزها پیش‌تر با نام «ماه رمضان» ثبت شده است" in again
    assert answer(manager, closes="۱۳") == ""
    assert SpecialHours.objects.count() == 2


def test_a_season_that_ends_before_it_begins_is_refused_beside_its_end(manager: Client) -> None:
    assert "پایان دوره پیش از آغاز آن است" in answer(manager, last_day="۱۴۰۳/۱۲/۱۰")


@pytest.mark.parametrize("address", ["inspections/specialhours/add/", "septam/auditevent/"])
def test_the_calendar_waits_for_the_boxes_that_it_helps_with(manager: Client, address: str) -> None:
    page = manager.get(f"/office/{address}").content.decode()
    scripts = [tag for tag in re.findall(r"<script[^>]+>", page) if "js/picker.js" in tag]
    assert "data-jdate" in page
    assert [" defer" in tag for tag in scripts] == [True]
