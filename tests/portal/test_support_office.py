"""Support in the office: who sees which conversation, answering, and two who answer at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import html

from accounts.models import Role, User
from notifications.models import SmsMessage
from portal.models import CannedAnswer, SupportThread
from portal.reference import load_canned_answers
from portal.support import threads
from septam import clock
from septam.models import AuditEvent
from tests.inspections.journey import at_status
from tests.people import make_owner, make_staff, office_client
from tests.portal.letters import desk_of, hidden, make_thread

pytestmark = pytest.mark.django_db
LIST = "/office/portal/supportthread/"


@pytest.fixture
def maryam() -> User:
    return make_staff(Role.SUPPORT, username="maryam")


@pytest.fixture
def desk(maryam: User) -> Client:
    return office_client(maryam)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(html.fromstring(response.content.decode()).text_content().split())


def box_of(response: Any) -> str:
    """What stands in the box of text."""
    return str(html.fromstring(response.content.decode()).xpath("string(//textarea)")).strip()


def press(
    client: Client, thread: SupportThread, button: str, shown: Any = None, **more: str
) -> Any:
    """Press a button of the page as it was shown (now, unless told otherwise)."""
    seen = hidden(shown or client.get(desk_of(thread)))
    return client.post(desk_of(thread), {**seen, "press": button, **more})


def test_those_that_wait_come_first_and_the_oldest_first_with_their_age(
    desk: Client, maryam: User
) -> None:
    first, second, answered = make_thread(), make_thread(make_owner()), make_thread(subject="sms")
    threads.answer(answered.pk, maryam, "سلام", seen=threads.last_message(answered))
    clock.move_to(clock.now() + timedelta(hours=30))
    third = make_thread(subject="mobile")
    page = desk.get(LIST)
    rows = [row.pk for row in page.context_data["cl"].result_list]
    assert rows == [first.pk, second.pk, third.pk, answered.pk]
    assert "۳۰ ساعت" in text_of(page)
    late = desk.get(f"{LIST}?turn=late").context_data["cl"].result_list
    assert {row.pk for row in late} == {first.pk, second.pk}


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.SUPPORT, {"payment", "result"}),
        (Role.MANAGER, {"payment", "result"}),
        (Role.FINANCE, {"payment"}),
    ],
)
def test_finance_sees_and_answers_what_is_about_payments_alone(role: Role, sees: set[str]) -> None:
    office = office_client(make_staff(role))
    for subject in ("payment", "result"):
        thread = make_thread(subject=subject)
        expected = 200 if subject in sees else 404
        assert office.get(desk_of(thread)).status_code == expected
        assert office.post(desk_of(thread), {"press": "close"}).status_code in (expected, 302)
    found = {row.subject for row in office.get(LIST).context_data["cl"].result_list}
    assert found == sees


def test_experts_have_no_business_there() -> None:
    journey, thread = at_status("scheduling"), make_thread()
    office = office_client(journey.expert)
    assert office.get(LIST).status_code == 403
    assert office.get(desk_of(thread)).status_code == 403


def test_an_answer_reaches_the_writer_is_noted_and_takes_the_conversation(
    desk: Client, maryam: User
) -> None:
    thread = make_thread()
    press(desk, thread, "answer", text="رمز تازه فرستاده شد.")
    thread.refresh_from_db()
    assert (thread.state, thread.assigned_to, thread.waiting_since) == ("answered", maryam, None)
    assert SmsMessage.objects.get().event == "support.answered_number"
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["office.view", "support.answer"]
    assert "رمز" not in str(AuditEvent.objects.latest("pk").detail)


def test_an_empty_answer_is_refused_beside_its_box(desk: Client) -> None:
    thread = make_thread()
    assert "متن پیام را بنویسید" in text_of(press(desk, thread, "answer", text=" \u200b"))
    assert thread.messages.count() == 1


def test_of_two_answers_at_once_the_second_is_told_and_loses_nothing(desk: Client) -> None:
    thread, leila = make_thread(), office_client(make_staff(Role.MANAGER))
    shown_to_leila = leila.get(desk_of(thread))
    press(desk, thread, "answer", text="پاسخ مریم")
    told = press(leila, thread, "answer", shown_to_leila, text="پاسخ لیلا")
    assert "پس از باز شدن این صفحه" in text_of(told)
    assert "تازه افزوده شد" in text_of(told)
    assert box_of(told) == "پاسخ لیلا"
    assert SmsMessage.objects.count() == 1
    press(leila, thread, "answer", told, text="پاسخ لیلا")
    assert SmsMessage.objects.count() == 2


def test_an_answer_does_not_pass_by_what_the_writer_just_added(desk: Client) -> None:
    owner = make_owner()
    thread = make_thread(owner)
    shown = desk.get(desk_of(thread))
    threads.write(thread.pk, "حل شد، سپاس")
    assert "حل شد، سپاس" in text_of(press(desk, thread, "answer", shown, text="پاسخ"))
    assert press(desk, thread, "close", shown).status_code == 302
    thread.refresh_from_db()
    assert thread.state == "waiting"


def test_a_form_that_is_sent_twice_answers_once(desk: Client) -> None:
    thread = make_thread()
    shown = desk.get(desk_of(thread))
    for _time in range(2):
        assert press(desk, thread, "answer", shown, text="یک پاسخ").status_code == 302
    assert SmsMessage.objects.count() == 1


def test_a_note_tells_nobody_and_leaves_the_conversation_waiting(desk: Client) -> None:
    thread = make_thread()
    press(desk, thread, "note", text="تلفنی هویت بررسی شد")
    thread.refresh_from_db()
    assert thread.state == "waiting"
    assert SmsMessage.objects.count() == 0
    assert "یادداشت داخلی" in text_of(desk.get(desk_of(thread)))


def test_a_ready_answer_is_put_behind_what_was_typed(desk: Client) -> None:
    load_canned_answers()
    load_canned_answers()
    thread = make_thread(subject="payment")
    offered = CannedAnswer.objects.get(subject="payment")
    page = press(desk, thread, "insert", text="درود", canned=str(offered.pk))
    assert box_of(page) == f"درود\n\n{offered.text}"
    assert thread.messages.count() == 1
    other = CannedAnswer.objects.get(subject="sms")
    assert other.title not in text_of(page)


def test_staff_change_ready_answers_and_the_set_up_leaves_them(desk: Client) -> None:
    load_canned_answers()
    one = CannedAnswer.objects.get(subject="sms")
    form = {"title": one.title, "subject": "sms", "text": "متن ما", "position": "1"}
    desk.post(f"/office/portal/cannedanswer/{one.pk}/change/", form)
    load_canned_answers()
    one.refresh_from_db()
    assert (one.text, one.active) == ("متن ما", False)


def test_taking_closing_and_opening_again_keep_what_was_typed(desk: Client, maryam: User) -> None:
    thread = make_thread()
    assert box_of(press(desk, thread, "take", text="نیمه‌کاره")) == "نیمه‌کاره"
    thread.refresh_from_db()
    assert thread.assigned_to == maryam
    press(desk, thread, "close")
    thread.refresh_from_db()
    assert thread.state == "closed"
    press(desk, thread, "reopen")
    thread.refresh_from_db()
    assert (thread.state, thread.waiting_since is not None) == ("waiting", True)
    assert press(desk, thread, "unknown").status_code == 302


def test_nobody_takes_what_another_just_took(desk: Client, maryam: User) -> None:
    thread, leila = make_thread(), office_client(make_staff(Role.MANAGER))
    shown = leila.get(desk_of(thread))
    press(desk, thread, "take")
    press(leila, thread, "take", shown)
    thread.refresh_from_db()
    assert thread.assigned_to == maryam


def test_support_hands_a_question_of_money_to_finance(desk: Client) -> None:
    thread, finance = make_thread(), office_client(make_staff(Role.FINANCE))
    press(desk, thread, "move", subject="payment")
    assert finance.get(desk_of(thread)).status_code == 200
    away = press(finance, thread, "move", subject="sms")
    assert away["Location"] == LIST


def test_the_page_leads_to_what_this_member_of_staff_may_see() -> None:
    journey = at_status("scheduling")
    values = {
        "subject": "payment",
        "reference": journey.request.number,
        "reference_kind": "request",
    }
    thread = make_thread(journey.owner, **values)
    support = office_client(make_staff(Role.SUPPORT)).get(desk_of(thread)).content.decode()
    finance = office_client(make_staff(Role.FINANCE)).get(desk_of(thread)).content.decode()
    assert f"/office/accounts/user/{journey.owner.pk}/change/" in support
    assert f"/office/inspections/visitrequest/{journey.request.pk}/change/" in support
    assert "/office/notifications/smsmessage/?q=" in support
    assert "/office/accounts/user/" not in finance
    assert "/office/notifications/smsmessage/?q=" not in finance


def test_a_strangers_number_warns_that_nothing_of_it_was_checked(desk: Client) -> None:
    journey = at_status("scheduling")
    thread = make_thread(reference=journey.request.number, mobile=str(journey.owner.mobile))
    page = text_of(desk.get(desk_of(thread)))
    assert "بدون احراز هویت چیزی از آن نگویید" in page
    assert "حسابی با این شماره هست" in page


@pytest.mark.parametrize("typed", ["number", "mobile", "reference", "name", "nothing"])
def test_a_conversation_is_found_by_number_mobile_reference_or_name(
    desk: Client, typed: str
) -> None:
    owner = make_owner()
    owners = make_thread(owner, reference="030102000017", reference_kind="request")
    strangers = make_thread()
    words = {
        "number": (owners.number, owners),
        "mobile": ("۰۹۱۲۷۶۵۴۳۲۱", strangers),
        "reference": ("030102-000017", owners),
        "name": (str(owner.mobile), owners),
        "nothing": ("۹۹۹۹۹", None),
    }
    term, expected = words[typed]
    found = list(desk.get(LIST, {"q": term}).context_data["cl"].result_list)
    assert found == ([expected] if expected else [])


def test_what_waits_beyond_the_target_stands_on_the_first_page(desk: Client) -> None:
    make_thread()
    make_thread(subject="payment")
    finance = office_client(make_staff(Role.FINANCE))
    assert "بی‌پاسخ مانده" not in text_of(desk.get("/office/"))
    clock.move_to(clock.now() + timedelta(hours=25))
    assert "۲ پیام به پشتیبانی بیش از ۲۴ ساعت" in text_of(desk.get("/office/"))
    assert "۱ پیام به پشتیبانی بیش از ۲۴ ساعت" in text_of(finance.get("/office/"))


def test_an_odd_text_is_shown_as_text_to_staff_too(desk: Client) -> None:
    thread = make_thread(text="<script>alert(1)</script>\nخط دوم")
    page = desk.get(desk_of(thread)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>خط دوم" in page
