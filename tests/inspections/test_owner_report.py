"""The owner's page of a report that did not conform, and the photos that it shows."""

from datetime import timedelta

import pytest
from django.test import Client

from inspections import workflow
from inspections.models import ResultRule, VisitPhoto
from inspections.reports import form as report_form
from inspections.reports import writing
from septam import clock
from tests.inspections.journey import Journey, at_status
from tests.inspections.photo_making import make_photo
from tests.make import unguarded_criteria
from tests.people import make_stranger, office_client

pytestmark = pytest.mark.usefixtures("at_start")


def handed_in(*, major_allowed: int = 0) -> tuple[Journey, VisitPhoto, VisitPhoto]:
    """A report with one failed item (major), and a photo of each item; the failed one's first."""
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at + timedelta(hours=1))
    failed, passed = make_photo(journey, "PV-14"), make_photo(journey, "PV-01", "green")
    with unguarded_criteria():
        failed.criterion.help = "ظرفیت حافظه را بیفزایید"
        failed.criterion.save(update_fields=["help"])
        ResultRule.objects.update(major_allowed=major_allowed)
    typed = {
        "outcome": "visited", "true_category": str(journey.request.snapshot["category_id"]),
        "measured_area": "38", "pv_01": "yes", "pv_14": "30.5",
        "pv_14_comment": "حافظه دستگاه کوچک است و زود پر می‌شود",
    }  # fmt: skip
    form = report_form.report_form(journey.request, typed)
    assert form.is_valid(), form.errors
    writing.write(journey.request.pk, journey.expert, form.findings())
    return journey, failed, passed


def client_of(journey: Journey) -> Client:
    client = Client()
    client.force_login(journey.owner)
    return client


def test_each_defect_says_what_was_found_what_is_demanded_and_what_helps() -> None:
    journey, failed, passed = handed_in()
    owner, number = client_of(journey), journey.request.number
    assert owner.get(f"/requests/{number}/report/").status_code == 404  # not told yet
    workflow.endorse(journey.request.report.pk, journey.manager)
    page = owner.get(f"/requests/{number}/report/")
    text = page.content.decode()
    for words in (
        "مدت نگهداری تصویر", "۳۰٫۵ روز", "حداقل ۹۰ روز", "ظرفیت حافظه را بیفزایید", "حافظه دستگاه کوچک است",
        "۱۴۰۳/۰۲/۲۶", "تنها هزینه بازدید مجدد", f"{failed.token}/?small=1", "data-print",
    ):  # fmt: skip
        assert words in text
    assert "ورودی در دید دوربین است" not in text
    assert passed.token not in text
    assert "no-store" in page["Cache-Control"]
    assert f"/requests/{number}/report/" in owner.get(f"/requests/{number}/").content.decode()
    clock.move_to(clock.now() + timedelta(days=31))
    assert "مهلت هزینه بازدید مجدد" in owner.get(f"/requests/{number}/report/").content.decode()


def test_what_failed_within_what_is_allowed_is_told_beside_the_certificate() -> None:
    journey, _failed, _passed = handed_in(major_allowed=1)
    workflow.endorse(journey.request.report.pk, journey.manager)
    owner, number = client_of(journey), journey.request.number
    text = owner.get(f"/requests/{number}/").content.decode()
    for words in (
        "توصیه کارشناس",
        "مدت نگهداری تصویر",
        "حداقل ۹۰ روز",
        "حافظه دستگاه کوچک است",
        "/certificates/",
    ):
        assert words in text
    assert "آنچه باید رفع شود" not in text
    assert owner.get(f"/requests/{number}/report/").status_code == 404


def test_the_owner_sees_photos_of_failed_items_and_nobody_else_any() -> None:
    journey, failed, passed = handed_in()
    number = journey.request.number
    addresses = [f"/requests/{number}/photos/{one.token}/" for one in (failed, passed)]
    owner, stranger = client_of(journey), Client()
    stranger.force_login(make_stranger())
    assert [owner.get(address).status_code for address in addresses] == [404, 404]
    workflow.endorse(journey.request.report.pk, journey.manager)
    assert [owner.get(address).status_code for address in addresses] == [200, 404]
    assert owner.get(addresses[0])["Cache-Control"].startswith("private, no-store")
    for client in (stranger, office_client(journey.expert)):
        assert client.get(addresses[0]).status_code == 404
    assert Client().get(addresses[0]).status_code == 302
    VisitPhoto._meta.get_field("file").storage.delete(failed.file.name)
    assert owner.get(addresses[0]).status_code == 404


def test_what_a_re_visit_costs_is_promised_until_its_last_day_alone() -> None:
    journey = at_status("nonconforming")
    client = Client()
    client.force_login(journey.owner)
    path = f"/requests/{journey.request.number}/"
    assert "می‌توانید با هزینه بازدید مجدد درخواست دهید" in client.get(path).content.decode()
    clock.move_to(clock.now() + timedelta(days=40))
    client.force_login(journey.owner)
    page = client.get(path).content.decode()
    assert "می‌توانید با هزینه بازدید مجدد" not in page
    assert "بازدید دیگر هزینه کامل دارد" in page
