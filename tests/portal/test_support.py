"""Writing to support, signed in or not, and reading the answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.template.defaultfilters import linebreaksbr
from django.test import Client
from django.utils.html import escape

from accounts.models import Role, User
from notifications.models import Notice, SmsMessage
from portal.models import SupportMessage, SupportThread
from portal.support import codes, forgetting, limits, threads
from septam import clock
from tests.accounts.steps import solved, text_of
from tests.inspections.journey import at_status
from tests.people import PASSWORD, make_owner, make_staff, make_stranger
from tests.portal.letters import STRANGER, code_of, make_thread, stranger_writes

pytestmark = pytest.mark.django_db
WRITE, THREADS, FIND = "/support/write/", "/support/threads/", "/support/answer/"
CODE = "/support/answer/code/"


def browser(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def later(**span: int) -> None:
    clock.move_to(clock.now() + timedelta(**span))


def answered(thread: SupportThread, text: str = "بررسی شد.") -> None:
    threads.answer(thread.pk, make_staff(Role.SUPPORT), text, seen=threads.last_message(thread))


@pytest.fixture
def mohammad() -> User:
    return make_owner()


# --- writing --------------------------------------------------------------------------------------------


def test_an_owner_writes_and_finds_the_conversation_in_his_list(mohammad: User) -> None:
    client = browser(mohammad)
    sent = client.post(WRITE, {"subject": "other", "text": "سلام.\n\nپرسشی دارم."}, follow=True)
    thread = SupportThread.objects.get()
    assert sent.redirect_chain == [(f"/support/threads/{thread.number}/", 302)]
    assert (thread.owner, thread.state, thread.mobile) == (mohammad, "waiting", "")
    assert "پرسشی دارم" in text_of(sent)
    assert "در انتظار پاسخ" in text_of(client.get(THREADS))


def test_a_stranger_writes_with_a_captcha_and_gets_a_tracking_number() -> None:
    client = browser()
    sent = stranger_writes(client)
    thread = SupportThread.objects.get()
    assert sent["Location"] == "/support/sent/"
    assert (thread.owner, thread.mobile, thread.name) == (None, "09127654321", "رضا احمدی")
    digits = thread.number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert digits in text_of(client.get("/support/sent/"))
    assert SmsMessage.objects.count() == 0  # or anybody could have strangers' phones ring


def test_without_the_captcha_nothing_is_sent_and_nothing_typed_is_lost() -> None:
    page = browser().post(WRITE, STRANGER)
    assert SupportThread.objects.count() == 0
    for typed in STRANGER.values():
        assert escape(typed) in page.content.decode()


def test_a_new_picture_loses_nothing_typed() -> None:
    page = browser().post(WRITE, {**STRANGER, "captcha_new": "picture"}).content.decode()
    for typed in STRANGER.values():
        assert typed in page


def test_a_link_names_subject_and_number(mohammad: User) -> None:
    page = browser(mohammad).get(f"{WRITE}?subject=payment&ref=۱۴۰۳").content.decode()
    assert '<option value="payment" selected>' in page
    assert 'value="1403"' in page
    assert '<option value="" selected>' in browser().get(f"{WRITE}?subject=<b>").content.decode()


def test_a_reference_is_the_owners_own_or_refused() -> None:
    journey = at_status("scheduling")
    number = journey.request.number
    mine, others = browser(journey.owner), browser(make_stranger())
    form = {"subject": "visit_time", "text": "زمان بازدید؟", "reference": number}
    refused = others.post(WRITE, form)
    assert "در حساب شما نیست" in text_of(refused)
    assert SupportThread.objects.count() == 0
    mine.post(WRITE, form)
    thread = SupportThread.objects.get()
    assert thread.reference_kind == "request"
    page = mine.get(f"{THREADS}{thread.number}/").content.decode()
    assert f'href="/requests/{number}/"' in page


def test_a_strangers_reference_is_kept_and_marked_as_not_checked() -> None:
    stranger_writes(browser(), reference="030102-000017")
    thread = SupportThread.objects.get()
    assert (thread.reference, thread.reference_kind) == ("030102000017", "")


def test_a_form_that_is_sent_twice_is_one_message(mohammad: User) -> None:
    client, form = browser(mohammad), {"subject": "other", "text": "یک بار", "once": "a" * 32}
    first, second = client.post(WRITE, form), client.post(WRITE, form)
    assert first["Location"] == second["Location"]
    assert SupportMessage.objects.count() == 1


def test_a_fourth_message_of_one_number_must_wait_and_says_how_long() -> None:
    client = browser()
    for _time in range(limits.NUMBER_CLIENT.times):
        stranger_writes(client)
    refused = stranger_writes(client, text="این متن نباید گم شود")
    assert "دیگر دوباره تلاش کنید" in text_of(refused)
    assert "این متن نباید گم شود" in refused.content.decode()
    assert SupportThread.objects.count() == limits.NUMBER_CLIENT.times


def test_an_owner_too_must_wait_after_many_messages(mohammad: User) -> None:
    client, thread = browser(mohammad), make_thread(mohammad)
    for _time in range(limits.OWNER.times):
        client.post(f"{THREADS}{thread.number}/", {"text": "پیگیری"})
    refused = client.post(WRITE, {"subject": "other", "text": "یکی دیگر"})
    assert "دیگر دوباره تلاش کنید" in text_of(refused)
    assert "یکی دیگر" in refused.content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ایموجی 🙂 و ❤️", "ایموجی 🙂 و ❤️"),
        ("مبلغ \u202e0001\u202c ریال", "مبلغ 0001 ریال"),
        ("می\u200cخواهم \u200b\ufeffسلام\x00", "می\u200cخواهم سلام"),
        ("يك\r\nدو", "یک\nدو"),
        ("<b onclick=x>سلام</b>", "<b onclick=x>سلام</b>"),
        ("ن" * 4000, "ن" * 4000),
    ],
)
def test_odd_texts_are_kept_without_what_nobody_sees_and_shown_as_text(
    mohammad: User, typed: str, kept: str
) -> None:
    client = browser(mohammad)
    page = client.post(WRITE, {"subject": "other", "text": typed}, follow=True)
    assert SupportMessage.objects.get().text == kept
    assert linebreaksbr(kept, autoescape=True) in page.content.decode()


def test_a_text_of_10_000_characters_is_counted_and_given_back_whole(mohammad: User) -> None:
    typed = "الف " * 2500
    page = browser(mohammad).post(WRITE, {"subject": "other", "text": typed})
    assert "۴۰۰۰" in text_of(page)
    assert "۹۹۹۹" in text_of(page)
    assert typed.strip() in page.content.decode()
    assert "maxlength" not in page.content.decode().split("<textarea")[1].split(">")[0]


@pytest.mark.parametrize("text", ["", " \u200b\u200c\n ", "\u202e"])
def test_a_text_of_nothing_is_refused(mohammad: User, text: str) -> None:
    page = browser(mohammad).post(WRITE, {"subject": "other", "text": text})
    assert "متن پیام را بنویسید" in text_of(page)


# --- reading and going on ---------------------------------------------------------------------------------


def test_an_answer_comes_in_notices_and_by_sms_and_names_nobody(mohammad: User) -> None:
    thread = make_thread(mohammad)
    answered(thread, "اعتراض شما بررسی شد.")
    notice, sms = Notice.objects.get(), SmsMessage.objects.get()
    assert notice.link == f"/support/threads/{thread.number}/"
    assert (sms.event, sms.mobile) == ("support.answered", mohammad.mobile)
    page = text_of(browser(mohammad).get(notice.link))
    assert "اعتراض شما بررسی شد" in page
    assert "سارا" not in page


def test_others_conversations_do_not_exist(mohammad: User) -> None:
    thread = make_thread(mohammad)
    address = f"{THREADS}{thread.number}/"
    stranger = browser(make_stranger())
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"text": "من"}).status_code == 404
    for odd in ("%00", "x" * 500, "۱۲۳", "1" * 300):
        assert stranger.get(f"{THREADS}{odd}/").status_code == 404
        assert browser().post(f"{THREADS}{odd}/", {"text": "من"}).status_code in (302, 404)
    assert browser().get(address)["Location"] == browser().get(f"{THREADS}123456789/")[
        "Location"
    ].replace("123456789", thread.number)
    assert "اعتراض" not in text_of(stranger.get(THREADS))


def test_writing_again_opens_a_closed_conversation_and_internal_notes_stay_inside(
    mohammad: User,
) -> None:
    thread, support = make_thread(mohammad), make_staff(Role.SUPPORT)
    threads.note(thread.pk, support, "محرمانه است")
    threads.close(thread.pk, support, seen=threads.last_message(thread))
    client, address = browser(mohammad), f"{THREADS}{thread.number}/"
    page = text_of(client.get(address))
    assert "این گفت‌وگو بسته است" in page
    assert "محرمانه" not in page
    assert Notice.objects.get().event == "support.closed"  # nobody had answered
    client.post(address, {"text": "هنوز حل نشده"})
    thread.refresh_from_db()
    assert thread.state == "waiting"
    assert thread.waiting_since is not None


def test_a_conversation_waits_since_the_first_message_that_nobody_answered(mohammad: User) -> None:
    thread = make_thread(mohammad)
    later(hours=5)
    threads.write(thread.pk, "کسی نیست؟")
    thread.refresh_from_db()
    assert thread.waiting_since == thread.opened_at
    answered(thread)
    threads.write(thread.pk, "سپاس")
    thread.refresh_from_db()
    assert thread.waiting_since == thread.last_owner_at


def test_a_reply_that_comes_signed_out_waits_in_the_form_for_who_signs_in(mohammad: User) -> None:
    thread, client = make_thread(mohammad), browser()
    client.post(f"{THREADS}{thread.number}/", {"text": "متنی بلند که نباید گم شود"})
    client.force_login(mohammad)
    assert "متنی بلند که نباید گم شود" in client.get(f"{THREADS}{thread.number}/").content.decode()
    assert SupportMessage.objects.count() == 1


# --- without an account -----------------------------------------------------------------------------------


def opened(client: Client, thread: SupportThread) -> Any:
    client.post(FIND, {"number": thread.number})
    return client.post(CODE, {"code": code_of()})


def test_a_stranger_reads_the_answer_with_tracking_number_and_code() -> None:
    thread, client = make_thread(), browser()
    answered(thread, "رمز شما دوباره فرستاده شد.")
    sms = SmsMessage.objects.get(event="support.answered_number")
    assert (sms.mobile, thread.number in sms.text, "رمز" in sms.text) == (
        "09127654321",
        True,
        False,
    )
    assert opened(client, thread)["Location"] == f"{THREADS}{thread.number}/"
    assert "رمز شما دوباره فرستاده شد" in text_of(client.get(f"{THREADS}{thread.number}/"))
    client.post(f"{THREADS}{thread.number}/", {"text": "رسید، سپاس"})
    assert thread.messages.count() == 3


def test_the_number_alone_opens_nothing_and_the_code_works_once_and_here_only() -> None:
    thread, client, other = make_thread(), browser(), browser()
    address = f"{THREADS}{thread.number}/"
    client.post(FIND, {"number": thread.number})
    assert client.get(address).status_code == 302
    code = code_of()
    assert other.post(CODE, {"code": code}).status_code == 302  # asked for nothing
    client.post(CODE, {"code": code})
    assert client.get(address).status_code == 200
    assert other.get(address).status_code == 302
    later(minutes=31)
    assert client.get(address).status_code == 302
    assert codes.use(1, code) is None


def test_an_unknown_number_and_an_owners_number_answer_the_same_and_send_nothing(
    mohammad: User,
) -> None:
    known, owned = make_thread(), make_thread(mohammad)
    unknown = threads._free_number()
    pages = []
    for number in (known.number, owned.number, unknown):
        client = browser()
        pages.append(text_of(client.post(FIND, {"number": number}, follow=True)))
    assert len(set(pages)) == 1
    assert SmsMessage.objects.count() == 1


def test_tracking_numbers_and_codes_are_not_to_be_guessed() -> None:
    thread, client = make_thread(), browser()
    client.post(FIND, {"number": thread.number})
    right = code_of()
    for _time in range(5):
        client.post(CODE, {"code": "000000" if right != "000000" else "111111"})
    assert client.post(CODE, {"code": right}).status_code == 200  # too often tried
    for _time in range(limits.FIND_CLIENT.times):
        page = client.post(FIND, {"number": thread.number})
    assert "دقیقه" in text_of(page)
    assert "درست نیست" in text_of(browser().post(FIND, {"number": "123456780"}))


def elsewhere(number: int) -> Client:
    return Client(REMOTE_ADDR=f"198.51.100.{number}")


def test_three_codes_a_quarter_of_an_hour_go_to_one_conversation_and_the_wait_is_told() -> None:
    known, unknown = make_thread().number, threads._free_number()
    pages = []
    for number in (known, unknown):
        answers = [elsewhere(time).post(FIND, {"number": number}) for time in range(4)]
        assert [one.status_code for one in answers] == [302, 302, 302, 200]
        pages.append(text_of(answers[-1]))
    assert "دقیقه دیگر دوباره تلاش کنید" in pages[0]
    assert len(set(pages)) == 1
    assert SmsMessage.objects.count() == 3


def test_conversations_of_one_number_and_its_codes_of_sign_in_share_its_bound() -> None:
    make_owner("09127654321")
    numbers = [make_thread().number for _time in range(3)]
    for time in range(2):
        elsewhere(time).post("/sign-in/code/", {"account": "09127654321"})
    answers = [
        elsewhere(time).post(FIND, {"number": number}) for number in numbers for time in range(3)
    ]
    assert {one.status_code for one in answers} == {302}, (
        "which numbers there are is told to nobody"
    )
    assert SmsMessage.objects.filter(event="support.code").count() == 4
    asked = elsewhere(9).post("/sign-in/code/", {"account": "09127654321"})
    assert "تعداد دفعات بیش از حد مجاز است" in text_of(asked)


def test_a_tracking_number_that_is_none_counts_against_no_mobile() -> None:
    for time in range(3):
        elsewhere(time).post(FIND, {"number": threads._free_number()})
        elsewhere(time).post(FIND, {"number": make_thread().number})
    assert SmsMessage.objects.count() == 3


def test_strangers_who_flood_a_number_leave_its_known_device_the_way_to_the_answer() -> None:
    make_owner("09127654321")
    thread, client = make_thread(), browser()
    client.post("/sign-in/", {"account": "09127654321", "password": PASSWORD})
    client.post("/sign-out/")
    for time in range(7):
        elsewhere(time).post("/sign-in/code/", {"account": "09127654321"})
    assert opened(client, thread)["Location"] == f"{THREADS}{thread.number}/"


# --- what stands, and what is forgotten -------------------------------------------------------------------


def test_the_database_lets_nobody_change_or_delete_a_message(mohammad: User) -> None:
    thread = make_thread(mohammad)
    answered(thread)
    for change in (
        lambda: thread.messages.update(text="دیگر"),
        lambda: thread.messages.update(text="", internal=True),
        lambda: thread.messages.filter(author="staff").delete(),
        lambda: SupportThread.objects.update(state="elsewhere"),
        lambda: SupportThread.objects.update(state="waiting"),
        lambda: SupportThread.objects.update(subject="x"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_old_conversations_are_emptied_and_those_that_wait_are_not(
    mohammad: User, settings: Any
) -> None:
    old, waiting, owned = make_thread(), make_thread(mohammad), make_thread(mohammad)
    answered(old)
    answered(owned)
    later(days=settings.SUPPORT_KEEP_DAYS + 1)
    young = make_thread(mohammad)
    answered(young)
    forgetting.forget_old()
    bodies = Notice.objects.order_by("pk").values_list("body", flat=True)
    assert list(bodies) == ["", "بررسی شد."]
    old.refresh_from_db()
    assert (old.name, old.mobile, old.state) == ("", "", "closed")
    texts = {pk: set(SupportMessage.objects.filter(thread=pk).values_list("text", flat=True))
             for pk in (old.pk, waiting.pk, young.pk)}  # fmt: skip
    assert texts[old.pk] == {""}
    assert "" not in texts[waiting.pk] | texts[young.pk]


def test_an_owner_without_a_profile_reaches_support(mohammad: User) -> None:
    newcomer = browser(make_owner("09351112233", with_profile=False))
    for address in (WRITE, THREADS, "/faq/", "/support/"):
        assert newcomer.get(address).status_code == 200


def test_who_is_told_to_write_to_support_finds_the_way(client: Client) -> None:
    assert "/support/write/" in client.get("/support/").content.decode()
    assert "/faq/" in client.get("/sign-in/").content.decode()
    journey = at_status("no_show")
    page = browser(journey.owner).get(f"/requests/{journey.request.number}/").content.decode()
    assert f"/support/write/?subject=result&amp;ref={journey.request.number}" in page


def test_the_form_of_a_stranger_asks_for_the_captcha_only_once() -> None:
    client = browser()
    wrong = client.post(WRITE, {**STRANGER, **solved(client.get(WRITE)), "mobile": "12"})
    assert "پذیرفته شد" in wrong.content.decode()
    client.post(WRITE, {**STRANGER, **solved(wrong)})
    assert SupportThread.objects.count() == 1
