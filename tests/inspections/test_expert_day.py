"""«کار امروز»: what an expert finds on the phone between two visits, and what can be done there at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import landing
from accounts.models import Role, User
from inspections import workflow
from inspections.models import CallLog, VisitRequest
from notifications.models import SmsMessage
from septam import clock
from septam.models import AuditEvent
from tests.inspections.journey import START, Journey, at_status
from tests.make import make_place
from tests.people import make_expert, make_owner, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
TODAY = "/office/inspections/visitrequest/today/"


def day_of(person: User) -> str:
    answer = office_client(person).get(TODAY)
    assert answer.status_code == 200
    return answer.content.decode()


def paid(owner: User, title: str, *, days_ago: int = 0, **fields: object) -> VisitRequest:
    visit = workflow.open_request(make_place(owner, title, **fields), owner)
    return workflow.mark_paid([visit.pk], paid_at=clock.now() - timedelta(days=days_ago))[0]


def asked(found: CaptureQueriesContext) -> int:
    """How many statements, without the clock's, which is read at most once a second."""
    return sum("clockoffset" not in query["sql"] for query in found.captured_queries)


def log(client: Client, visit: VisitRequest, outcome: str, **more: object):  # type: ignore[no-untyped-def]
    address = f"/office/inspections/visitrequest/{visit.pk}/call/"
    return client.post(address, {"outcome": outcome, "back": "today", **more})


def test_an_empty_day_says_so_in_each_of_its_parts() -> None:
    expert = make_expert(make_place(make_owner()).laboratory)  # type: ignore[arg-type]
    page = day_of(expert)
    for said in ("کسی در انتظار تماس شما نیست", "امروز بازدید دیگری", "برای فردا بازدیدی"):
        assert said in page
    assert "گزارش‌های عقب‌افتاده" not in page


def test_due_reports_stand_on_top_then_calls_oldest_first_then_visits_by_hour() -> None:
    journey = at_status("accepted")
    clock.move_to(journey.usual_time() + timedelta(hours=3))
    owner = make_owner("09351112233", name="نگار صادقی")
    paid(owner, "تازه‌ترین")
    paid(owner, "قدیمی‌ترین", days_ago=9)
    for title, hour in (("فردا عصر", 17), ("فردا صبح", 9)):
        visit = paid(owner, title)
        tomorrow = clock.in_tehran(clock.now()) + timedelta(days=1)
        at = tomorrow.replace(hour=hour, minute=0, second=0, microsecond=0)
        workflow.propose_time(visit.pk, journey.expert, at, journey.expert)
    page = day_of(journey.expert)
    order = (
        "گزارش‌های عقب‌افتاده",
        "طلافروشی حسینی",
        "قدیمی‌ترین",
        "تازه‌ترین",
        "فردا صبح",
        "فردا عصر",
    )
    found = [page.index(title) for title in order]
    assert found == sorted(found)
    assert page.count("طلافروشی حسینی</a>") == 1, "a visit that is over is not to come as well"


def test_a_visit_carries_what_one_needs_on_the_way_and_no_registered_mobile() -> None:
    journey = at_status("accepted")
    journey.owner.profile.coordination_phone = "02144556677"
    journey.owner.profile.save(update_fields=["coordination_phone"])
    snapshot = journey.fresh().snapshot | {"note": "زنگ دوم"}
    VisitRequest.objects.filter(pk=journey.request.pk).update(snapshot=snapshot)
    clock.move_to(journey.usual_time() - timedelta(hours=1))
    page = day_of(journey.expert)
    for shown in (
        "ساعت ۳ بعد از ظهر", "خیابان ولیعصر", "geo:0,0?q=", "openstreetmap.org/search?query=",
        'href="tel:02188776655"', 'href="tel:02144556677"', "زنگ دوم",
    ):  # fmt: skip
        assert shown in page, shown
    assert journey.owner.mobile not in page
    seen = AuditEvent.objects.filter(verb="office.list", actor_id=journey.expert.pk)
    assert seen.get().detail["ids"] == [journey.request.pk]
    assert seen.get().owner_ids == [journey.owner.pk]


def test_a_visit_that_is_near_stands_above_the_calls() -> None:
    journey = at_status("accepted")
    paid(make_owner("09351112233"), "برای زنگ زدن")
    clock.move_to(journey.usual_time() - timedelta(hours=5))
    page = day_of(journey.expert)
    assert page.index("برای زنگ زدن") < page.index("طلافروشی حسینی")
    clock.move_to(journey.usual_time() - timedelta(minutes=10))
    page = day_of(journey.expert)
    assert page.index("طلافروشی حسینی") < page.index("برای زنگ زدن")
    assert page.count("طلافروشی حسینی</a>") == 1


def test_a_time_that_was_proposed_stays_on_the_page_until_the_owner_answers() -> None:
    journey = at_status("scheduling")
    workflow.name_hours(journey.request.pk, journey.owner, "بعد از ساعت ۱۸")
    client = office_client(journey.expert)
    address = f"/office/inspections/visitrequest/{journey.request.pk}/propose/?back=today"
    asked_for = client.get(f"{address}&day=1403/01/27&hour=15:00").content.decode()
    for known in ("بعد از ساعت ۱۸", str(journey.owner), "خیابان ولیعصر", 'value="۱۵:۰۰"'):
        assert known in asked_for, known
    order = [asked_for.index(part) for part in ("office-hours", 'name="day"', "office-actions")]
    assert order == sorted(order)
    assert 'propose/"' in asked_for.partition("<form method")[2].partition(">")[0]
    typed = {"day": "1403/01/27", "hour": "15:00", "back": "today"}
    page = client.post(address, typed, follow=True).content.decode()
    assert "زمان پیشنهاد شد: دوشنبه ۲۷ فروردین ساعت ۳ بعد از ظهر" in page
    waiting = page.partition("زمان‌های بعدی در انتظار تأیید متقاضی (۱)")[2]
    assert journey.place.title in waiting


def test_a_call_is_logged_on_the_spot_and_shown_with_its_result() -> None:
    journey = at_status("scheduling")
    client = office_client(journey.expert)
    answer = log(client, journey.request, "no_answer", note="ساعت ۱۰")
    assert answer["Location"] == TODAY
    page = client.get(TODAY).content.decode()
    assert "بی‌پاسخ" in page
    assert "ساعت ۱۰" in page
    agreed = log(client, journey.request, "agreed")
    assert agreed["Location"].endswith(f"/{journey.request.pk}/propose/?back=today")


def test_a_button_pressed_twice_is_one_call_and_one_sms() -> None:
    journey = at_status("scheduling")
    client = office_client(journey.expert)
    for _press in range(2):
        assert log(client, journey.request, "no_answer", after=0).status_code == 302
    assert CallLog.objects.count() == 1
    log(client, journey.request, "no_answer", after=CallLog.objects.get().pk)
    assert CallLog.objects.count() == 2
    assert SmsMessage.objects.filter(event="call.no_answer").count() == 2


def test_what_the_owner_wrote_stands_beside_the_call() -> None:
    journey = at_status("scheduling")
    workflow.name_hours(journey.request.pk, journey.owner, "بعد از ساعت ۱۸")
    assert "بعد از ساعت ۱۸" in day_of(journey.expert)


def test_a_colleagues_request_and_a_place_for_women_are_not_offered() -> None:
    journey = at_status("scheduling")
    colleague = make_expert(journey.place.laboratory, "colleague")  # type: ignore[arg-type]
    workflow.log_call(journey.request.pk, journey.expert, "tried")
    paid(journey.owner, "آرایشگاه مهتاب", women_only=True)
    page = day_of(colleague)
    assert "طلافروشی حسینی" not in page
    assert "آرایشگاه مهتاب" not in page
    colleague.assignments.update(is_woman=True)
    assert "آرایشگاه مهتاب" in day_of(colleague)


def test_a_report_that_came_back_stands_among_those_that_are_due() -> None:
    journey = at_status("visited")
    workflow.send_back(journey.request.report.pk, journey.manager, "عکس ورودی روشن نیست")
    page = day_of(journey.expert)
    assert page.index("گزارش‌های عقب‌افتاده") < page.index("عکس ورودی روشن نیست")


def test_the_day_costs_the_same_queries_for_one_request_and_for_many() -> None:
    journey = at_status("accepted")
    clock.move_to(journey.usual_time() - timedelta(hours=1))
    paid(journey.owner, "نخست")
    client = office_client(journey.expert)
    client.get(TODAY)
    with CaptureQueriesContext(connection) as few:
        client.get(TODAY)
    for number in range(8):
        owner = make_owner(f"0912000000{number}")
        workflow.log_call(paid(owner, f"شعبه {number}").pk, journey.expert, "tried")
    with CaptureQueriesContext(connection) as many:
        assert "شعبه 7" in client.get(TODAY).content.decode()
    assert asked(many) == asked(few)


def test_an_expert_lands_on_the_day_after_the_second_factor_and_others_on_the_first_page() -> None:
    journey = at_status("scheduling")
    assert landing.after_sign_in(journey.expert, "/office/") == TODAY
    assert landing.after_sign_in(journey.expert, "/office/x/") == "/office/x/"
    assert landing.after_sign_in(make_staff(Role.SUPPORT), "/office/") == "/office/"
    assert TODAY in office_client(journey.expert).get("/office/").content.decode()


def test_the_day_is_the_experts_alone() -> None:
    journey: Journey = at_status("scheduling")
    assert clock.now() >= START
    support = office_client(make_staff(Role.SUPPORT))
    assert support.get(TODAY).status_code == 403
    assert office_client(journey.expert).post(TODAY).status_code == 405
