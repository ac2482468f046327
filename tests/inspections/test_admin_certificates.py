"""Certificates, criteria and the calendar in the office."""

from datetime import date

import pytest

from accounts.models import Role
from inspections.models import Certificate, Closure, ExpertLeave, Holiday
from tests.inspections.journey import Journey, at_status
from tests.make import make_city, make_criteria, make_laboratory, make_province
from tests.people import PASSWORD, make_expert, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
OFFICE = "/office/inspections/"

SURE = {"own_password": PASSWORD}


def issued() -> tuple[Journey, Certificate]:
    journey = at_status("certified")
    return journey, Certificate.objects.get()


def test_only_the_laboratorys_manager_revokes_and_must_say_why() -> None:
    journey, certificate = issued()
    page = f"{OFFICE}certificate/{certificate.pk}/revoke/"
    manager = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "real-manager"))
    assert office_client(journey.expert).post(page, {"reason": "x"}).status_code == 403
    assert office_client(make_staff(Role.SUPPORT)).post(page, {"reason": "x"}).status_code == 403
    unsure = manager.post(page, {"reason": "دوربین‌ها برداشته شده است"}).context["form"].errors
    assert list(unsure) == ["own_password"]
    assert "reason" in manager.post(page, {"reason": ""}).context["form"].errors
    assert manager.post(page, {"reason": "دوربین‌ها برداشته شده است", **SURE}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.state == "revoked"
    again = manager.post(page, {"reason": "دوباره", **SURE})
    assert "تنها گواهینامه صادرشده" in again.content.decode()


def test_another_laboratory_does_not_find_the_certificate() -> None:
    _journey, certificate = issued()
    far = make_laboratory("آزمایشگاه دیگر", make_city("شیراز", make_province("فارس", "17", "071")))
    client = office_client(make_staff(Role.LAB_MANAGER, far))
    for end in ("change", "revoke"):
        assert client.get(f"{OFFICE}certificate/{certificate.pk}/{end}/").status_code == 404


def test_the_certificates_page_and_list_show_it_without_its_secret_address() -> None:
    journey, certificate = issued()
    client = office_client(journey.expert)
    for address in (
        "certificate/",
        f"certificate/{certificate.pk}/change/",
        f"certificate/?q={certificate.number}",
    ):
        page = client.get(OFFICE + address).content.decode()
        assert "طلافروشی حسینی" in page
        assert "معتبر" in page
        assert certificate.share_code not in page
    assert (
        "سطح ۴ (SL4)"
        in client.get(f"{OFFICE}certificate/{certificate.pk}/change/").content.decode()
    )


def test_a_published_set_of_criteria_is_read_only() -> None:
    published = make_criteria()
    client = office_client(make_staff(Role.MANAGER))
    page = f"{OFFICE}criteriaset/{published.pk}/change/"
    assert 'name="title"' not in client.get(page).content.decode()
    assert client.post(page, {"title": "دیگر", "version": 1}).status_code == 403
    published.refresh_from_db()
    assert published.title == "ضوابط پایش تصویری"


def test_holidays_and_closures_are_typed_in_the_jalali_calendar() -> None:
    client = office_client(make_staff(Role.MANAGER))
    client.post(f"{OFFICE}holiday/add/", {"day": "۱۴۰۳/۱۱/۲۲", "name": "پیروزی انقلاب"})
    assert Holiday.objects.get().day == date(2025, 2, 10)
    province = make_province()
    client.post(
        f"{OFFICE}closure/add/",
        {"day": "۱۴۰۳/۱۰/۰۱", "province": province.pk, "reason": "آلودگی هوا"},
    )
    assert Closure.objects.get().day == date(2024, 12, 21)
    page = client.get(f"{OFFICE}holiday/{Holiday.objects.get().pk}/change/").content.decode()
    assert "۱۴۰۳/۱۱/۲۲" in page
    assert "css/office.css" in page
    wrong = client.post(f"{OFFICE}holiday/add/", {"day": "۱۴۰۳/۱۲/۳۱", "name": "x"})
    assert "اسفند" in wrong.content.decode()


def test_an_expert_plans_the_own_leave_and_nobody_elses() -> None:
    laboratory = make_laboratory()
    expert, colleague = make_expert(laboratory, "one"), make_expert(laboratory, "two")
    client = office_client(expert)
    days = {"first_day": "۱۴۰۳/۰۲/۰۱", "last_day": "۱۴۰۳/۰۲/۰۳"}
    client.post(f"{OFFICE}expertleave/add/", days | {"expert": colleague.pk})
    assert not ExpertLeave.objects.exists()
    client.post(f"{OFFICE}expertleave/add/", days | {"expert": expert.pk})
    assert ExpertLeave.objects.get().first_day == date(2024, 4, 20)
    back = client.post(
        f"{OFFICE}expertleave/add/",
        {"expert": expert.pk, "first_day": "۱۴۰۳/۰۲/۰۳", "last_day": "۱۴۰۳/۰۲/۰۱"},
    )
    assert "پیش از آغاز" in back.content.decode()
    theirs = ExpertLeave.objects.create(
        expert=colleague, first_day=date(2024, 5, 1), last_day=date(2024, 5, 1)
    )
    assert client.get(f"{OFFICE}expertleave/{theirs.pk}/change/").status_code == 404
