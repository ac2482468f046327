"""Support corrects a slip in frozen data until the laboratory decided; what decides the price stays."""

from datetime import timedelta

import pytest

from accounts.models import Role
from inspections import workflow
from inspections.certificates import superseding
from inspections.difference import AWAITED
from inspections.models import Certificate, Correction, ReportDraft, VisitRequest
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.models import AuditEvent
from tests.accounts.steps import page
from tests.inspections.journey import Journey, at_status
from tests.people import make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
WRONG, RIGHT = "طلافروشی حسینی", "طلافروشی حسینی و پسران"


def corrected(journey: Journey, **values: str) -> None:
    """By support, with a reason."""
    support = make_staff(Role.SUPPORT)
    workflow.correct(journey.request.pk, support, {"title": RIGHT, **values}, "غلط املایی")


def test_the_place_the_requests_copy_the_search_and_the_certificate_follow() -> None:
    journey = at_status("visited")
    corrected(journey, address="خیابان ولیعصر، پلاک ۲۱")
    visit = journey.fresh()
    journey.place.refresh_from_db()
    assert (journey.place.title, visit.snapshot["title"]) == (RIGHT, RIGHT)
    assert visit.snapshot["address"] == "خیابان ولیعصر، پلاک ۲۱"
    assert journey.place.frozen
    assert "پسران" in visit.search_key
    workflow.endorse(visit.report.pk, journey.manager)
    assert Certificate.objects.get().snapshot["title"] == RIGHT


def test_the_owner_is_told_by_the_title_that_he_knows() -> None:
    journey = at_status("scheduling")
    corrected(journey, title="شرکت نوین")
    told = SmsMessage.objects.get(event="request.corrected")
    assert WRONG in str(told.values)


def test_what_stood_before_is_kept_and_the_audit_log_holds_no_value() -> None:
    journey = at_status("scheduling")
    before = journey.place.title
    corrected(journey)
    kept = Correction.objects.get()
    assert (kept.before, kept.after, kept.reason) == (
        {"title": before},
        {"title": RIGHT},
        "غلط املایی",
    )
    event = AuditEvent.objects.get(verb="place.correct")
    assert event.detail["fields"] == ["title"]
    assert RIGHT not in str(event.detail)
    assert event.owner_ids == [journey.owner.pk]
    assert SmsMessage.objects.filter(event="request.corrected", user=journey.owner).exists()
    assert Notice.objects.filter(event="request.corrected", user=journey.owner).exists()


@pytest.mark.parametrize(
    "field", ["category", "city", "area", "cloud_product", "laboratory", "women_only"]
)
def test_what_decides_price_laboratory_or_expert_is_no_slip(field: str) -> None:
    journey = at_status("scheduling")
    with pytest.raises(KeyError):
        corrected(journey, **{field: "1"})
    assert not Correction.objects.exists()


def test_on_the_page_support_sees_what_stands_there_and_a_stale_form_is_refused() -> None:
    journey = at_status("scheduling")
    client = office_client(make_staff(Role.SUPPORT))
    address = f"/office/inspections/visitrequest/{journey.request.pk}/correct/"
    shown = page(client.get(address))
    form = shown.xpath("//form[.//*[@name='title']]")[0]
    data = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}
    assert data["title"] == journey.place.title
    assert "reason" in client.post(address, {**data, "title": RIGHT}).context["form"].errors
    assert "reason" in client.post(address, {**data, "reason": "همان"}).context["form"].errors
    wrong = client.post(address, {**data, "postal_code": "12", "reason": "غلط"})
    assert "postal_code" in wrong.context["form"].errors
    assert client.post(address, {**data, "title": RIGHT, "reason": "غلط املایی"}).status_code == 302
    assert journey.fresh().snapshot["title"] == RIGHT
    stale = client.post(address, {**data, "title": WRONG, "reason": "دوباره"})
    assert stale.status_code == 200
    assert journey.fresh().snapshot["title"] == RIGHT


OTHER_HOLDER = {"holder_name": "رضا کریمی", "holder_national_id": "0499370899"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"postal_code": "1995744511"}, "سه رقم"),
        ({"postal_code": "1416932791", **OTHER_HOLDER}, "صاحب پروانه و کد پستی"),
        ({"sign_name": "زرین", **OTHER_HOLDER}, "صاحب پروانه و نام محل"),
        ({"title": "زرین", "postal_code": "1416932791"}, "عنوان محل و کد پستی"),
    ],
)
def test_after_the_visit_support_makes_no_other_shop_or_holder_of_the_place(
    values: dict[str, str], words: str
) -> None:
    journey = at_status("visited")
    before = journey.fresh().snapshot
    with pytest.raises(workflow.NotAllowed, match=words):
        corrected(journey, **values)
    assert journey.fresh().snapshot == before
    journey.place.refresh_from_db()
    assert journey.place.title == before["title"]


def test_before_the_visit_the_expert_goes_where_the_corrected_data_lead() -> None:
    journey = at_status("accepted")
    corrected(journey, postal_code="1995744511", **OTHER_HOLDER)
    assert journey.fresh().snapshot["postal_code"] == "1995744511"


def test_from_the_hour_of_the_visit_on_slips_alone_although_no_report_is_handed_in_yet() -> None:
    journey = at_status("accepted")
    slot = journey.request.slots.get(state="accepted")
    clock.move_to(slot.starts_at + timedelta(minutes=1))
    with pytest.raises(workflow.NotAllowed, match="سه رقم"):
        corrected(journey, postal_code="1995744511")
    corrected(journey, postal_code="1416932791")


def test_a_begun_report_keeps_the_place_what_it_was_although_its_time_is_taken_back() -> None:
    """Else support leads what the expert saw to another shop, and the kept form is handed in for it."""
    journey = at_status("accepted")
    slot = journey.request.slots.get(state="accepted")
    clock.move_to(slot.starts_at + timedelta(minutes=30))
    ReportDraft.objects.create(
        request=journey.request, expert=journey.expert, typed={"comment": "همه"},
        saved_at=clock.now(), found_at=clock.now(),
    )  # fmt: skip
    workflow.reschedule(journey.request.pk, make_staff(Role.SUPPORT), "اشتباه شد")
    with pytest.raises(workflow.NotAllowed, match="سه رقم"):
        corrected(journey, postal_code="1995744511")
    corrected(journey, postal_code="1416932791")


def test_a_time_that_was_taken_back_without_a_report_leaves_the_data_open() -> None:
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get(state="accepted").starts_at + timedelta(minutes=30))
    workflow.reschedule(journey.request.pk, make_staff(Role.SUPPORT), "کارشناس بیمار شد")
    corrected(journey, postal_code="1995744511", **OTHER_HOLDER)


def test_small_steps_after_the_visit_lead_no_further_than_one_and_the_certificates_go_on_from_there() -> (
    None
):
    journey = at_status("visited")
    support = make_staff(Role.SUPPORT)
    visited = journey.fresh().snapshot["postal_code"]
    for code in ("1416932791", "1416932891"):
        workflow.correct(journey.request.pk, support, {"postal_code": code}, "رقم")
    with pytest.raises(workflow.NotAllowed, match="سه رقم"):
        workflow.correct(journey.request.pk, support, {"postal_code": "1416945891"}, "رقم")
    workflow.endorse(journey.fresh().report.pk, journey.manager)
    first = Certificate.objects.get()
    with pytest.raises(workflow.NotAllowed, match="سه رقم"):
        superseding.supersede(first.pk, journey.manager, "رقم", {"postal_code": "1416945891"})
    back = superseding.supersede(first.pk, journey.manager, "رقم", {"postal_code": visited})
    superseding.supersede(back.pk, journey.manager, "نام", {"holder": "رضا کریمی"})


def test_the_laboratory_reads_what_was_corrected_since_the_visit_and_ticks_that_it_did() -> None:
    journey = at_status("visited")
    before = journey.place.title
    address = f"/office/inspections/visitrequest/{journey.request.pk}/endorse/"
    client = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    assert "difference_seen" not in client.get(address).context["form"].fields
    corrected(journey, **OTHER_HOLDER)
    shown = client.get(address)
    text = page(shown).text_content()
    assert f"«عنوان محل» را از «{before}» به «{RIGHT}» اصلاح کرد. دلیل: غلط املایی" in text
    assert "کد ملی صاحب پروانه را اصلاح کرد" in text
    assert "0499370899" not in text
    assert "۰۴۹۹۳۷۰۸۹۹" not in text
    assert "difference_seen" in shown.context["form"].fields


def test_the_page_says_before_anything_is_typed_that_the_hour_has_come_and_leads_to_the_field() -> (
    None
):
    journey = at_status("visited")
    client = office_client(make_staff(Role.SUPPORT))
    address = f"/office/inspections/visitrequest/{journey.request.pk}/correct/"
    shown = page(client.get(address))
    assert "زمان بازدید رسیده است" in shown.text_content()
    form = shown.xpath("//form[.//*[@name='title']]")[0]
    data = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}
    sent = data | OTHER_HOLDER | {"postal_code": "1416932791", "reason": "غلط"}
    assert list(client.post(address, sent).context["form"].errors) == ["holder_name"]


def test_nothing_is_corrected_behind_the_laboratorys_back_while_the_certificate_waits_for_money() -> (
    None
):
    journey = at_status("visited")
    VisitRequest.objects.filter(pk=journey.request.pk).update(reason=AWAITED)
    with pytest.raises(workflow.NotAllowed, match="آزمایشگاه گزارش را تأیید کرده است"):
        corrected(journey, address="خیابان دیگر، پلاک ۹")
    client = office_client(make_staff(Role.SUPPORT))
    address = f"/office/inspections/visitrequest/{journey.request.pk}/correct/"
    assert "آزمایشگاه گزارش را تأیید کرده است" in client.get(address, follow=True).content.decode()
    assert not Correction.objects.exists()
