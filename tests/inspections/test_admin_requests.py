"""The work list and the steps of a request in the office."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Role, User
from inspections import workflow
from inspections.admin.requests import VisitRequestAdmin
from inspections.models import Certificate, RequestStatus, SlotState, VisitSlot
from notifications.models import SmsMessage
from septam import clock
from septam.models import AuditEvent
from tests.inspections.journey import Journey, at_status
from tests.inspections.photo_making import make_photo
from tests.make import make_city, make_laboratory, make_place, make_province
from tests.people import make_expert, make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.usefixtures("at_start")
LIST = "/office/inspections/visitrequest/"


def page_of(journey: Journey, step: str = "change") -> str:
    return f"{LIST}{journey.request.pk}/{step}/"


def manager_of(journey: Journey) -> User:
    return make_staff(Role.LAB_MANAGER, journey.place.laboratory, "real-manager")


def other_laboratorys_expert() -> User:
    city = make_city("شیراز", make_province("فارس", "17", "071"))
    return make_expert(make_laboratory("آزمایشگاه دیگر", city), "far-expert")


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_an_expert_sees_the_own_laboratorys_paid_requests_only() -> None:
    journey = at_status("scheduling")
    unpaid = workflow.open_request(
        make_place(journey.owner, "ویترین ونک", postal_code="1416932791"), journey.owner
    )
    assert unpaid.status == RequestStatus.IN_CART
    own = text(office_client(journey.expert), f"{LIST}?work=all")
    assert "طلافروشی حسینی" in own
    assert "ویترین ونک" not in own
    assert "طلافروشی حسینی" not in text(
        office_client(other_laboratorys_expert()), f"{LIST}?work=all"
    )


@pytest.mark.parametrize(
    "step", ["change", "call", "propose", "report", "endorse", "cancel", "history"]
)
def test_another_laboratorys_request_is_not_found(step: str) -> None:
    journey = at_status("scheduling")
    client = office_client(other_laboratorys_expert())
    assert client.get(page_of(journey, step)).status_code == 404
    assert client.post(page_of(journey, step), {"reason": "x"}).status_code == (
        403 if step == "change" else 404
    )


def test_an_owner_and_a_member_of_staff_without_second_factor_do_not_come_in(
    client: Client,
) -> None:
    journey = at_status("scheduling")
    for person in (journey.owner, journey.expert):
        client.force_login(person)
        assert client.get(page_of(journey)).status_code in (302, 403, 404)
        assert client.get(page_of(journey, "call")).status_code in (302, 403, 404)


def test_the_list_begins_with_whom_to_call_oldest_first_then_visits_by_hour() -> None:
    journey = at_status("accepted")
    later, first = (
        paid_place(name, f"141693279{n}", journey.owner) for n, name in ((2, "دومین"), (3, "سومین"))
    )
    paid_three_days_earlier(first)
    page = text(office_client(journey.expert), LIST)
    order = [page.index(name) for name in ("سومین", "دومین", "طلافروشی حسینی")]
    assert order == sorted(order)
    assert later.status == RequestStatus.SCHEDULING


def test_the_next_page_goes_on_where_this_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VisitRequestAdmin, "list_per_page", 2)
    journey = at_status("accepted")
    for number, name in ((2, "دومین"), (3, "سومین")):
        paid_place(name, f"141693279{number}", journey.owner)
    client = office_client(journey.expert)
    pages = {"": ["دومین", "سومین"], "?p=2": ["طلافروشی حسینی"]}
    pages |= {"?work=scheduling": pages[""], "?work=accepted": pages["?p=2"], "?work=visited": []}
    for query, shown in pages.items():
        page = text(client, f"{LIST}{query}")
        found = [name for name in ("دومین", "سومین", "طلافروشی حسینی") if f">{name}<" in page]
        assert found == shown, query


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_pages_of_any_length_show_every_open_request_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(VisitRequestAdmin, "list_per_page", rows)
    journey = at_status("accepted")
    for number, name in ((2, "دومین"), (3, "سومین")):
        paid_place(name, f"141693279{number}", journey.owner)
    client = office_client(journey.expert)
    pages = [text(client, f"{LIST}?p={page}") for page in range(1, -(-3 // rows) + 1)]
    names = ("دومین", "سومین", "طلافروشی حسینی")
    assert [name for page in pages for name in names if f">{name}<" in page] == list(names)


def paid_place(title: str, postal_code: str, owner: User):  # type: ignore[no-untyped-def]
    request = workflow.open_request(make_place(owner, title, postal_code=postal_code), owner)
    workflow.mark_paid([request.pk], paid_at=clock.now())
    request.refresh_from_db()
    return request


def paid_three_days_earlier(request) -> None:  # type: ignore[no-untyped-def]
    type(request).objects.filter(pk=request.pk).update(paid_at=request.paid_at - timedelta(days=3))


def test_ended_requests_are_found_by_the_filter_and_by_searching() -> None:
    journey = at_status("cancelled")
    client = office_client(journey.expert)
    assert "طلافروشی حسینی" not in text(client, LIST)
    for query in (
        "work=final",
        "work=all",
        f"q={journey.request.number}",
        "q=1416932790",
        "q=طلا فروشي",
    ):
        assert "طلافروشی حسینی" in text(client, f"{LIST}?{query}"), query


def test_only_support_finds_a_request_by_the_owners_mobile() -> None:
    journey = at_status("scheduling")
    query = f"{LIST}?q={journey.owner.mobile}"
    assert "طلافروشی حسینی" not in text(office_client(journey.expert), query)
    assert "طلافروشی حسینی" in text(office_client(make_staff(Role.SUPPORT)), query)


def test_the_substitute_number_hides_the_owners_mobile() -> None:
    journey = at_status("scheduling")
    journey.owner.profile.coordination_phone = "02144556677"
    journey.owner.profile.save(update_fields=["coordination_phone"])
    for address in (LIST, page_of(journey)):
        page = text(office_client(journey.expert), address)
        assert 'href="tel:02144556677"' in page
        assert journey.owner.mobile not in page


def test_the_page_shows_address_representative_and_story_and_is_noted_in_the_audit() -> None:
    journey = at_status("proposed")
    page = text(office_client(journey.expert), page_of(journey))
    for shown in ("خیابان ولیعصر", "علی حسینی", "geo:0,0?q=", "زمان بازدید", "محمدی‌نژاد"):
        assert shown in page
    seen = AuditEvent.objects.filter(
        verb="office.view", actor_id=journey.expert.pk, object_id=journey.request.pk
    )
    assert seen.count() == 1


def test_no_field_of_a_request_can_be_typed_in() -> None:
    journey = at_status("scheduling")
    client = office_client(make_staff(Role.SUPPORT))
    assert 'name="status"' not in text(client, page_of(journey))
    client.post(page_of(journey), {"status": "certified", "number": "1"})
    assert journey.status == "scheduling"


def test_logging_a_call_takes_the_request_and_tells_the_owner() -> None:
    journey = at_status("scheduling")
    client = office_client(journey.expert)
    answer = client.post(page_of(journey, "call"), {"outcome": "no_answer", "note": "ساعت ۱۰"})
    assert answer.status_code == 302
    assert journey.fresh().assigned_expert == journey.expert
    assert SmsMessage.objects.filter(event="call.no_answer").count() == 1
    colleague = make_expert(journey.place.laboratory, "colleague")
    assert (
        office_client(colleague).post(page_of(journey, "call"), {"outcome": "tried"}).status_code
        == 403
    )
    assert office_client(colleague).get(page_of(journey)).status_code == 200


def propose(
    client: Client, journey: Journey, day: str = "۱۴۰۳/۰۱/۲۷", hour: str = "۱۵", **more: str
):  # type: ignore[no-untyped-def]
    return client.post(page_of(journey, "propose"), {"day": day, "hour": hour, **more})


def test_proposing_a_time_by_jalali_date_and_hour_queues_the_owners_sms() -> None:
    journey = at_status("scheduling")
    assert propose(office_client(journey.expert), journey).status_code == 302
    slot = VisitSlot.objects.get()
    assert clock.in_tehran(slot.starts_at).isoformat() == "2024-04-15T15:00:00+03:30"
    assert journey.status == "proposed"
    assert SmsMessage.objects.get(event="visit.proposed").mobile == journey.owner.mobile


def test_a_double_booking_is_refused_in_persian_and_nothing_typed_is_lost() -> None:
    journey = at_status("scheduling")
    client = office_client(journey.expert)
    propose(client, journey)
    journey.request = paid_place("ویترین", "1416932795", journey.owner)
    page = propose(client, journey, hour="۱۶:۳۰").content.decode()
    assert "کارشناس در این زمان بازدید دیگری دارد" in page
    assert 'value="۱۶:۳۰"' in page
    assert VisitSlot.objects.count() == 1


def test_the_calendars_script_stands_after_the_box_that_it_helps_with() -> None:
    journey = at_status("scheduling")
    page = text(office_client(journey.expert), page_of(journey, "propose"))
    assert page.index("data-jdate") < page.index("js/picker.js")
    assert "<style" not in page.replace("<svg", "")


@pytest.mark.parametrize(
    ("day", "hour", "field"),
    [
        ("۱۴۰۳/۰۱/۲۴", "۱۵", "day"),
        ("۱۴۰۳/۱۳/۰۱", "۱۵", "day"),
        ("", "۱۵", "day"),
        ("۱۴۰۳/۰۱/۲۷", "۳", "hour"),
        ("۱۴۰۳/۰۱/۳۱", "۱۵", "day"),
        ("۱۴۰۳/۰۱/۲۷", "۲۲", "hour"),
    ],
)
def test_the_past_the_weekend_and_unusual_hours_are_refused_beside_the_field(
    day: str, hour: str, field: str
) -> None:
    journey = at_status("scheduling")
    answer = propose(office_client(journey.expert), journey, day, hour)
    assert answer.context["form"].errors.keys() == {field}
    assert journey.status == "scheduling"


def test_a_reason_lets_a_weekend_day_pass() -> None:
    journey = at_status("scheduling")
    propose(
        office_client(journey.expert),
        journey,
        day="۱۴۰۳/۰۱/۳۱",
        override_reason="به درخواست صاحب محل",
    )
    assert journey.status == "proposed"


def test_the_manager_assigns_and_support_cancels_and_nobody_else() -> None:
    journey = at_status("scheduling")
    manager, support = office_client(manager_of(journey)), office_client(make_staff(Role.SUPPORT))
    assert support.get(page_of(journey, "assign")).status_code == 403
    manager.post(page_of(journey, "assign"), {"expert": journey.expert.pk})
    assert journey.fresh().assigned_expert == journey.expert
    assert manager.post(page_of(journey, "cancel"), {"reason": "x"}).status_code == 403
    support.post(page_of(journey, "cancel"), {"reason": "به خواست صاحب محل"})
    assert journey.status == "cancelled"


def test_taking_a_time_back_needs_a_reason_and_tells_the_owner() -> None:
    journey = at_status("accepted")
    client = office_client(journey.expert)
    assert (
        "reason"
        in client.post(page_of(journey, "reschedule"), {"reason": " "}).context["form"].errors
    )
    client.post(page_of(journey, "reschedule"), {"reason": "بیماری کارشناس"})
    assert journey.status == "scheduling"
    assert VisitSlot.objects.get().state == SlotState.WITHDRAWN
    assert SmsMessage.objects.filter(event="visit.moved").count() == 1


def at_visit() -> Journey:
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at + timedelta(hours=1))
    return journey


def report(journey: Journey, **changed: str) -> dict[str, str]:
    category = journey.request.snapshot["category_id"]
    typed = {
        "outcome": "visited",
        "true_category": category,
        "measured_area": "۳۸",
        "pv_01": "yes",
        "pv_14": "۹۰",
    }
    return typed | changed


def hand_in(expert: Client, journey: Journey, **changed: str) -> None:
    """Fill the checklist in, see the result, hand it in."""
    page = page_of(journey, "report")
    review = expert.post(page, report(journey, **changed))
    assert review.status_code == 302, review.context["form"].errors
    shown = expert.get(review["Location"]).context
    expert.post(page, {"do": "hand_in", "revision": shown["draft"].revision, "no_interest": "on"})


def test_from_the_checklist_to_the_certificate() -> None:
    journey = at_visit()
    expert, manager = office_client(journey.expert), office_client(manager_of(journey))
    page = text(expert, page_of(journey, "report"))
    assert "مدت نگهداری تصویر" in page
    hand_in(expert, journey)
    assert manager.post(page_of(journey, "report"), report(journey)).status_code == 403
    assert "ورودی در دید دوربین است" in text(manager, page_of(journey))
    assert "checked" in manager.post(page_of(journey, "endorse"), {}).context["form"].errors
    assert expert.post(page_of(journey, "endorse"), {"checked": "on"}).status_code == 403
    manager.post(page_of(journey, "endorse"), {"checked": "on"})
    assert journey.status == "certified"
    assert Certificate.objects.filter(request=journey.request).count() == 1


def test_before_the_appointment_the_report_is_not_offered_but_said_to_open() -> None:
    journey = at_status("accepted")
    client = office_client(journey.expert)
    page = text(client, page_of(journey))
    assert page_of(journey, "report") not in page
    assert "نوشتن گزارش از زمان شروع بازدید" in page
    early = client.post(page_of(journey, "report"), report(journey), follow=True)
    assert "نوشتن گزارش از زمان شروع بازدید" in early.content.decode()
    assert journey.status == "accepted"


def test_a_difference_from_the_declared_data_is_shown_and_ticked_by_itself() -> None:
    journey = at_visit()
    expert, manager = office_client(journey.expert), office_client(manager_of(journey))
    hand_in(expert, journey, measured_area="۸۰")
    page = text(manager, page_of(journey, "endorse"))
    for shown in ("مساحت اظهارشده", "۸۰", "موارد ردشده", "مابه‌التفاوت هزینه کارشناسی"):
        assert shown in page
    unseen = manager.post(page_of(journey, "endorse"), {"checked": "on"})
    assert "difference_seen" in unseen.context["form"].errors
    manager.post(page_of(journey, "endorse"), {"checked": "on", "difference_seen": "on"})
    assert journey.status == "certified"


def test_support_sees_which_request_it_cancels() -> None:
    journey = at_status("scheduling")
    page = text(office_client(make_staff(Role.SUPPORT)), page_of(journey, "cancel"))
    for shown in ("شماره پیگیری", "پرداخت", "۱۴۰۳"):
        assert shown in page


def test_a_faulty_report_says_what_is_missing_and_keeps_what_was_typed() -> None:
    journey = at_visit()
    answer = office_client(journey.expert).post(
        page_of(journey, "report"), report(journey, pv_14="نود", comment="همه چیز")
    )
    page = answer.content.decode()
    assert set(answer.context["form"].errors) == {"pv_14"}
    assert 'value="نود"' in page
    assert "همه چیز" in page
    assert "خطا:" in page


def test_a_report_sent_back_is_written_again() -> None:
    journey = at_visit()
    expert, manager = office_client(journey.expert), office_client(manager_of(journey))
    make_photo(journey, "PV-14")
    hand_in(expert, journey, pv_14="10", pv_14_comment="تنها ده روز از تصویر نگهداری می‌شود")
    manager.post(page_of(journey, "send_back"), {"reason": "عدد نگهداری را دوباره ببینید"})
    assert "عدد نگهداری را دوباره ببینید" in text(expert, page_of(journey))
    assert "عدد نگهداری را دوباره ببینید" in text(expert, page_of(journey, "report"))
    hand_in(expert, journey)
    manager.post(page_of(journey, "endorse"), {"checked": "on"})
    assert journey.status == "certified"


def test_a_step_whose_time_is_over_changes_nothing_and_says_so() -> None:
    journey = at_status("certified")
    answer = office_client(journey.expert).post(page_of(journey, "propose"), {}, follow=True)
    assert "این گام اکنون ممکن نیست" in answer.content.decode()
    assert journey.status == "certified"


def test_a_forged_post_without_a_token_is_refused() -> None:
    journey = at_status("scheduling")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = office_client(journey.expert).cookies
    assert strict.post(page_of(journey, "call"), {"outcome": "tried"}).status_code == 403
    assert not journey.request.calls.exists()


def test_the_list_costs_the_same_queries_for_one_and_for_many(
    django_assert_max_num_queries,
) -> None:  # type: ignore[no-untyped-def]
    journey = at_status("scheduling")
    client = office_client(journey.expert)
    for number in range(6):
        paid_place(f"شعبه {number}", f"14169328{number:02}", make_owner(f"0912000000{number}"))
    with django_assert_max_num_queries(20):
        assert client.get(LIST).status_code == 200


def test_a_stranger_learns_nothing_from_the_office(client: Client) -> None:
    journey = at_status("scheduling")
    client.force_login(make_stranger())
    assert client.get(LIST).status_code in (302, 403, 404)
    assert client.post(page_of(journey, "cancel"), {"reason": "x"}).status_code in (302, 403, 404)
    assert journey.status == "scheduling"


@pytest.mark.parametrize(
    "make", [make_expert, lambda laboratory: make_staff(Role.LAB_MANAGER, laboratory, "boss")]
)
def test_a_laboratory_reads_places_through_their_requests_only(make) -> None:  # type: ignore[no-untyped-def]
    journey = at_status("scheduling")
    client = office_client(make(journey.place.laboratory))
    assert client.get(page_of(journey)).status_code == 200
    for address in ("", f"{journey.place.pk}/change/"):
        assert client.get(f"/office/septam_sites/place/{address}").status_code == 403
