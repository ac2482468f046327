"""The owner's pages of a request: the guide's words, stale forms, others' objects, the calendar file."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from inspections import queue, workflow
from inspections.certificates import validity
from inspections.models import VisitRequest
from septam import clock
from sites.place import PlaceState
from tests.inspections.journey import Journey, at_status
from tests.make import make_category, make_criteria, make_place
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.usefixtures("at_start")

YES = {"answer": "yes"}


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def url(name: str, *args: object) -> str:
    return reverse(f"inspections:{name}", args=args)


def test_the_request_page_shows_both_sentences_the_rules_and_both_answers() -> None:
    place = make_place(make_owner())
    page = text_of(signed_in(place.owner).get(url("request_visit", place.pk)))
    assert (
        "با تأیید انجام الزامات در محل، درخواست بازدید داشته و هزینه آن را تسویه می‌نمایم." in page
    )
    assert "ضوابط پایش تصویری رسته خود را در محل اعمال نموده‌ام." in page
    assert "مشاهده ضوابط مربوطه" in page
    assert ">تأیید</button>" in page
    assert ">انصراف</a>" in page
    assert not VisitRequest.objects.exists()


def test_the_request_page_names_the_laboratory_and_the_sum_that_the_cart_will_ask() -> None:
    place = make_place(make_owner())
    client = signed_in(place.owner)
    page = text_of(client.get(url("request_visit", place.pk)))
    assert place.laboratory is not None
    assert not VisitRequest.objects.exists()
    cart = text_of(client.post(url("request_visit", place.pk), YES, follow=True))
    for shown in (page, cart):
        assert "۶٬۹۹۶٬۰۰۰" in shown
        assert place.laboratory.name in shown


@pytest.mark.parametrize(
    ("status", "said"),
    [("scheduling", True), ("proposed", True), ("accepted", True), ("visited", False)],
)
def test_before_the_visit_the_request_says_how_its_time_is_confirmed_and_changed(
    status: str, said: bool
) -> None:
    journey = at_status(status)
    page = text_of(signed_in(journey.owner).get(url("request", journey.request.number)))
    assert ("تأیید و تغییر زمان بازدید" in page) is said
    assert ("زمانی که تأیید نشود" in page) is (said and status != "accepted")


def test_confirming_puts_the_place_into_the_cart() -> None:
    place = make_place(make_owner())
    response = signed_in(place.owner).post(url("request_visit", place.pk), YES)
    assert response.status_code == 302
    assert response["Location"] == reverse("billing:cart")
    assert VisitRequest.objects.get().status == "in_cart"


def test_a_second_confirmation_of_the_same_page_opens_nothing_and_says_so() -> None:
    place = make_place(make_owner())
    client = signed_in(place.owner)
    client.post(url("request_visit", place.pk), YES)
    response = client.post(url("request_visit", place.pk), YES)
    assert response.status_code == 409
    assert "درخواست در دست اقدام دارد" in text_of(response)
    assert VisitRequest.objects.count() == 1


def test_an_incomplete_place_leads_to_completing_it() -> None:
    place = make_place(make_owner(), state=PlaceState.DRAFT)
    response = signed_in(place.owner).post(url("request_visit", place.pk), YES)
    assert "تکمیل اطلاعات محل" in text_of(response)
    assert reverse("sites:place_edit", args=[place.pk]) in text_of(response)
    assert not VisitRequest.objects.exists()


def test_the_time_dialog_shows_the_guides_words_and_the_time_in_words() -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    # Marks of direction before numbers are for old engines, not for the eye.
    page = text_of(signed_in(journey.owner).get(url("slot_confirm", slot.pk))).replace("\u200f", "")
    assert (
        "لطفاً تاریخ و ساعت هماهنگ شده با کارشناس جهت بازدید را تأیید فرمایید. بدیهی است در صورت مراجعه وی و "
        "عدم حضور شما یا مسئول مربوطه، مشمول پرداخت هزینه مجدد خواهید شد!"
    ) in page
    assert "دوشنبه ۱۴۰۳/۰۱/۲۷ ساعت ۳ بعد از ظهر" in page
    assert "تا پیش از همان ساعت" in page
    assert "«انصراف» تنها این صفحه را می‌بندد" in page
    assert "این زمان برایم مناسب نیست" in page
    assert ">انصراف</a>" in page


def test_confirming_the_time_makes_it_final_and_names_the_expert() -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    client = signed_in(journey.owner)
    page = text_of(client.post(url("slot_confirm", slot.pk), YES, follow=True))
    assert journey.status == "accepted"
    assert "پذیرش در انتظار بازدید" in page
    assert "زمان قطعی است" in page
    assert "فرد مسئول و آشنا به سامانه" in page
    assert "به کارشناس وجه نقد ندهید" in page
    assert "سارا محمدی‌نژاد" in page


def test_confirming_twice_ends_on_the_requests_page() -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    client = signed_in(journey.owner)
    client.post(url("slot_confirm", slot.pk), YES)
    again = client.post(url("slot_confirm", slot.pk), YES)
    assert again.status_code == 302
    assert journey.fresh().events.filter(verb="confirm").count() == 1


def test_the_expert_is_not_named_before_a_time_is_accepted() -> None:
    journey = at_status("proposed")
    assert "محمدی‌نژاد" not in text_of(
        signed_in(journey.owner).get(url("request", journey.request.number))
    )


def test_a_post_without_an_answer_changes_nothing() -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    response = signed_in(journey.owner).post(url("slot_confirm", slot.pk))
    assert response.status_code == 200
    assert journey.status == "proposed"


def test_declining_keeps_the_wish_and_goes_back_into_the_queue() -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    client = signed_in(journey.owner)
    page = text_of(
        client.post(url("slot_decline", slot.pk), {**YES, "wish": "شنبه  عصر"}, follow=True)
    )
    slot.refresh_from_db()
    assert (journey.status, slot.wish) == ("scheduling", "شنبه عصر")
    assert "شنبه عصر" in page


@pytest.mark.parametrize("name", ["slot_confirm", "slot_decline"])
def test_a_stale_time_page_says_where_the_request_stands_and_changes_nothing(name: str) -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    workflow.reschedule(journey.request.pk, journey.manager, "")
    response = signed_in(journey.owner).post(url(name, slot.pk), YES)
    assert response.status_code == 409
    assert "نوبت‌دهی" in text_of(response)
    assert "چیزی تغییر نکرد" in text_of(response)
    assert journey.status == "scheduling"


def test_a_time_that_passed_cannot_be_confirmed_on_its_page() -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    clock.move_to(slot.starts_at + timedelta(minutes=1))
    response = signed_in(journey.owner).post(url("slot_confirm", slot.pk), YES)
    assert response.status_code == 409
    assert journey.status == "proposed"


@pytest.mark.parametrize(
    ("status", "name", "after"),
    [
        ("scheduling", "withdraw", "cancelled"),
        ("proposed", "withdraw", "cancelled"),
        ("scheduling", "name_hours", "scheduling"),
    ],
)
def test_the_owner_acts_on_a_page_of_its_own(status: str, name: str, after: str) -> None:
    journey = at_status(status)
    client = signed_in(journey.owner)
    address = url(name, journey.request.number)
    assert client.get(address).status_code == 200
    assert journey.status == status
    assert client.post(address, {**YES, "hours": "۱۰ تا ۱۲", "reason": ""}).status_code == 302
    assert journey.status == after


def test_an_hour_must_be_named_and_the_page_says_so_beside_the_field() -> None:
    journey = at_status("scheduling")
    response = signed_in(journey.owner).post(url("name_hours", journey.request.number), YES)
    assert response.status_code == 200
    assert "id_hours_error" in text_of(response)


@pytest.mark.parametrize("name", ["withdraw", "another_time", "missed_visit", "name_hours"])
def test_a_page_whose_step_is_over_says_so_and_changes_nothing(name: str) -> None:
    journey = at_status("visited")
    response = signed_in(journey.owner).post(
        url(name, journey.request.number), {**YES, "hours": "۹"}
    )
    assert response.status_code == 409
    assert journey.status == "visited"


def test_less_than_48_hours_before_support_is_named() -> None:
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at - timedelta(hours=47))
    response = signed_in(journey.owner).post(url("another_time", journey.request.number), YES)
    assert response.status_code == 409
    assert "پشتیبانی تماس بگیرید" in text_of(response)
    assert journey.status == "accepted"


def test_the_missed_visit_is_reported_after_its_time() -> None:
    journey = at_status("accepted")
    client = signed_in(journey.owner)
    address = url("missed_visit", journey.request.number)
    assert client.post(address, YES).status_code == 409
    clock.move_to(journey.request.slots.get().starts_at + timedelta(hours=2))
    assert client.post(address, YES).status_code == 302
    assert journey.status == "scheduling"


def test_the_calendar_file_holds_the_visit_in_utc_with_place_and_expert() -> None:
    journey = at_status("accepted")
    response = signed_in(journey.owner).get(url("visit_ics", journey.request.number))
    event = Calendar.from_ical(response.content).walk("VEVENT")[0]
    slot = journey.request.slots.get()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert event["DTSTART"].dt == slot.starts_at
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=90)
    assert "طلافروشی حسینی" in event["SUMMARY"]
    assert event["LOCATION"] == "خیابان ولیعصر، پلاک ۱۲"
    assert journey.expert.assignments.get().code in event["DESCRIPTION"]


def test_there_is_no_calendar_file_before_a_time_is_final() -> None:
    journey = at_status("proposed")
    assert signed_in(journey.owner).get(url("visit_ics", journey.request.number)).status_code == 404


def test_the_sheet_shows_the_tracking_number_and_the_time() -> None:
    journey = at_status("accepted")
    page = text_of(signed_in(journey.owner).get(url("request_sheet", journey.request.number)))
    assert "برگه درخواست در دست اقدام" in page
    assert "ساعت ۳ بعد از ظهر" in page
    assert "شماره پیگیری" in page


@pytest.mark.parametrize(
    "status",
    [
        "in_cart",
        "scheduling",
        "proposed",
        "accepted",
        "visited",
        "certified",
        "nonconforming",
        "no_show",
        "cancelled",
    ],
)
def test_the_story_page_opens_in_every_status(status: str) -> None:
    journey = at_status(status)
    page = text_of(signed_in(journey.owner).get(url("request", journey.request.number)))
    assert str(journey.request.get_status_display()) in page
    assert "به سبد خرید افزوده شد" in page


def test_waiting_shows_the_place_in_the_queue_honestly() -> None:
    first, owner = at_status("scheduling"), make_owner("09351112233", name="نگار صادقی")
    second = workflow.open_request(make_place(owner, "کافه نگار"), owner)
    workflow.mark_paid([second.pk], paid_at=clock.now())
    page = text_of(signed_in(owner).get(url("request", second.number)))
    assert first.request.laboratory.name in page
    assert "جایگاه در نوبت آزمایشگاه آتن: ۲" in page
    assert "برای برآورد زمان انتظار کافی نیست" in page


def test_how_long_owners_waited_lately_is_told_before_a_visit_is_asked_for() -> None:
    journey, owner = at_status("proposed"), make_owner("09351112233", name="نگار صادقی")
    address = url("request_visit", make_place(owner, "کافه نگار").pk)
    assert "زمان بازدید گرفته‌اند" not in text_of(signed_in(owner).get(address))
    for number in range(queue.FEWEST - 1):
        place = make_place(journey.owner, f"ویترین {number}", postal_code=f"141693279{number}")
        visit = workflow.open_request(place, journey.owner)
        workflow.mark_paid([visit.pk], paid_at=clock.now())
        hour = journey.request.slots.get().starts_at + timedelta(hours=24 * number + 2)
        workflow.propose_time(visit.pk, journey.expert, hour, journey.expert, "به درخواست متقاضی")
    assert "بیشتر متقاضیان ظرف ۱ روز زمان بازدید گرفته‌اند" in text_of(signed_in(owner).get(address))


PAGES = [
    "request",
    "request_sheet",
    "withdraw",
    "another_time",
    "missed_visit",
    "name_hours",
    "visit_ics",
]


@pytest.mark.parametrize("name", PAGES)
def test_anothers_request_is_not_found(name: str) -> None:
    journey = at_status("accepted")
    stranger = signed_in(make_stranger())
    assert stranger.get(url(name, journey.request.number)).status_code == 404
    assert stranger.post(url(name, journey.request.number), YES).status_code in (404, 405)
    assert journey.status == "accepted"


@pytest.mark.parametrize("name", ["slot_confirm", "slot_decline"])
def test_anothers_visit_time_is_not_found(name: str) -> None:
    journey = at_status("proposed")
    slot = journey.request.slots.get()
    assert signed_in(make_stranger()).post(url(name, slot.pk), YES).status_code == 404
    assert journey.status == "proposed"


def test_anothers_place_is_not_found() -> None:
    place = make_place(make_owner())
    assert signed_in(make_stranger()).post(url("request_visit", place.pk), YES).status_code == 404


def test_who_is_not_signed_in_is_led_to_sign_in() -> None:
    response = Client().get(url("request", Journey().request.number))
    assert response.status_code == 302
    assert reverse("accounts:sign_in") in response["Location"]


def test_the_criteria_of_a_trade_are_public_and_in_words() -> None:
    place = make_place(make_owner())
    page = text_of(Client().get(url("criteria", place.category_id)))
    assert "حداقل ۹۰ روز" in page
    assert "لازم است" in page
    assert "سطح ۴" in page


def checked(client: Client, *have: str) -> str:
    make_criteria()
    page = url("criteria", make_category().pk)
    return text_of(client.get(page, {"have": have, "check": "1"}))


@pytest.mark.parametrize(
    ("have", "told"),
    [
        ((), ["۰ مورد از ۲ مورد", "بازدید رد می‌شود", "همین یک مورد بازدید را رد می‌کند"]),
        (("PV-01",), ["۱ مورد از ۲ مورد", "بازدید رد می‌شود", "آنچه مانده است"]),
        (("PV-01", "PV-14"), ["همه ضوابط برقرار است", "درخواست بازدید"]),
        (("PV-99", "<b>"), ["۰ مورد از ۲ مورد"]),
    ],
)
def test_the_self_check_says_what_a_visit_would_come_to(
    have: tuple[str, ...], told: list[str]
) -> None:
    page = checked(Client(), *have)
    for words in told:
        assert words in page


def test_the_ticks_come_back_in_the_same_browser_only_and_are_stored_nowhere() -> None:
    client, page = Client(), url("criteria", make_category().pk)
    checked(client, "PV-01")
    assert 'value="PV-01" checked' in client.get(page).content.decode()
    assert "checked" not in Client().get(page).content.decode()
    cookie = client.cookies["self_check"]
    assert (cookie["path"], cookie["httponly"]) == (page, True)


@pytest.mark.parametrize("version", ["1", "99", "x", "۱", "9" * 30])
def test_an_odd_version_of_the_criteria_breaks_nothing(version: str) -> None:
    place = make_place(make_owner())
    response = Client().get(url("criteria", place.category_id), {"version": version})
    assert response.status_code == 200


def test_the_criteria_page_asks_the_database_twice_at_most(
    django_assert_max_num_queries: object,
) -> None:
    place = make_place(make_owner())
    page = url("criteria", place.category_id)
    with django_assert_max_num_queries(2 + 2 + 1):  # type: ignore[operator]  # its version before and after, announcements
        Client().get(page)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        Client().get(page)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        Client().get(page, {"version": "1"})


def request_page(journey: Journey) -> str:
    return text_of(signed_in(journey.owner).get(url("request", journey.request.number)))


def test_after_a_revocation_neither_page_claims_a_certificate_that_stands() -> None:
    journey = at_status("certified")
    certificate = journey.fresh().certificate
    paper = url("certificate", certificate.number)
    assert "با ضوابط" in text_of(signed_in(journey.owner).get(paper))
    validity.revoke(certificate.pk, journey.manager, "دوربین‌ها جابه‌جا شده‌اند")
    page = request_page(journey)
    assert "گواهینامه باطل‌شده" in page
    assert "دیگر اعتبار ندارد" in page
    revoked = text_of(signed_in(journey.owner).get(paper))
    assert "با ضوابط" not in revoked
    assert "اعتبار ندارد" in revoked


def test_a_certificate_near_its_end_tells_the_days_left_and_leads_to_its_renewal() -> None:
    journey = at_status("certified")
    certificate = journey.fresh().certificate
    client, paper = signed_in(journey.owner), url("certificate", certificate.number)
    renewal = f'href="{url("request_visit", certificate.place_id)}"'
    assert renewal not in text_of(client.get(paper))
    left = validity.last_day(certificate) - clock.today()
    clock.move_to(clock.now() + left - timedelta(days=12))
    page = text_of(client.get(paper))
    assert "تا ۱۲ روز دیگر پایان می‌یابد" in page
    assert renewal in page
    clock.move_to(clock.now() + timedelta(days=12))
    assert "امروز آخرین روز اعتبار" in text_of(client.get(paper))


def test_the_history_leads_to_a_certificate_while_it_is_valid() -> None:
    journey = at_status("certified")
    certificate = journey.fresh().certificate
    client, paper = signed_in(journey.owner), url("certificate", certificate.number)
    assert f'<a class="button" href="{paper}">' in text_of(client.get(reverse("portal:history")))
    validity.revoke(certificate.pk, journey.manager, "دوربین‌ها جابه‌جا شده‌اند")
    assert paper not in text_of(client.get(reverse("portal:history")))


def test_a_cancelled_request_leads_to_what_became_of_its_money() -> None:
    assert f'href="{reverse("billing:orders")}"' in request_page(at_status("cancelled"))


def test_before_the_visit_somebody_responsible_is_asked_to_be_there() -> None:
    assert "فرد مسئول" in request_page(at_status("accepted"))


def test_a_visit_that_took_place_keeps_the_experts_name_only() -> None:
    page = request_page(at_status("visited"))
    assert "فرد مسئول" not in page
    assert "محمدی‌نژاد" in page


def test_less_than_two_days_before_the_visit_a_change_goes_through_support() -> None:
    journey = at_status("accepted")
    assert "برای تغییر زمان با پشتیبانی" not in request_page(journey)
    clock.move_to(journey.request.slots.get().starts_at - timedelta(hours=47))
    assert "برای تغییر زمان با پشتیبانی" in request_page(journey)


def test_the_question_of_withdrawal_cannot_be_misread() -> None:
    journey = at_status("scheduling")
    page = text_of(signed_in(journey.owner).get(url("withdraw", journey.request.number)))
    assert ">انصراف</a>" not in page
    assert ">بازگشت</a>" in page
    assert ">از درخواست منصرف شدم</button>" in page


def test_a_visit_that_failed_says_why_and_how_to_object() -> None:
    journey = at_status("no_show")
    journey.request.report.comment = "کسی در محل نبود که سامانه را بشناسد"
    journey.request.report.save(update_fields=["comment"])
    page = request_page(journey)
    for shown in ("کسی در محل نبود که سامانه", "اعتراض", "تلفن پشتیبانی"):
        assert shown in page


def test_a_levels_latin_name_keeps_its_latin_digit() -> None:
    place = make_place(make_owner())
    for address in (
        url("request_visit", place.pk),
        url("criteria", place.category_id),
    ):
        page = text_of(signed_in(place.owner).get(address))
        assert "SL4" in page
        assert "SL۴" not in page
