"""Another mobile for an account: by codes to both numbers, by support, and a number that came to a new holder."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import passwords
from accounts.mobile import changing, proving
from accounts.models import (
    MobileChange,
    MobileChangeState,
    Role,
    TermsAcceptance,
    TermsVersion,
    User,
)
from notifications import outbox
from notifications.models import SmsMessage, SmsState
from septam import clock, jobs
from septam.models import AuditEvent
from septam.refusal import Refusal
from tests.accounts.steps import page, register, secret_of, sign_in, signed_in, solved, text_of
from tests.people import PASSWORD, make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db
OLD, NEW = "09121234567", "09350001111"
MOVED = {"place": "کافه", "when": "فردا"}


def code_at(number: str) -> str:
    """What the worker sends to this number now."""
    message = SmsMessage.objects.filter(mobile=number, event__in=proving.EVENTS).latest("pk")
    return proving.secret_of(message)["code"]


def asked(owner: User, new: str = "+98 935 000 1111") -> Client:
    """A browser in which the owner named the new number."""
    client = Client()
    sign_in(client, str(owner.mobile), PASSWORD)
    answer = client.post("/profile/mobile/", {"mobile": new})
    assert answer.status_code == 302
    return client


def change(client: Client, **codes: str) -> Any:
    """Send codes."""
    return client.post("/profile/mobile/codes/", codes, follow=True)


def events_to(number: str) -> list[str]:
    """The events of which this number is told."""
    return list(SmsMessage.objects.filter(mobile=number).values_list("event", flat=True))


def test_codes_of_both_numbers_change_it_and_both_are_told_and_other_devices_end() -> None:
    owner, elsewhere = make_owner(), Client()
    sign_in(elsewhere, OLD, PASSWORD)
    client = asked(owner)
    waiting = outbox.queue("visit.moved", OLD, MOVED, user_id=owner.pk)
    secret = outbox.queue("recovery.password", OLD, user_id=owner.pk)
    done = change(client, old_code=code_at(OLD), new_code=code_at(NEW))
    assert "شماره همراه شما تغییر کرد" in text_of(done)
    owner.refresh_from_db()
    assert owner.mobile == NEW
    assert signed_in(client) == owner
    assert client.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert "account.mobile_changed" in events_to(OLD)
    assert "account.mobile_ready" in events_to(NEW)
    for message, state, number in (
        (waiting, SmsState.QUEUED, NEW),
        (secret, SmsState.WITHDRAWN, OLD),
    ):
        assert message is not None
        message.refresh_from_db()
        assert (message.state, message.mobile) == (state, number)
    event = AuditEvent.objects.get(verb="account.mobile_changed")
    assert OLD not in str(event.detail)
    assert NEW not in str(event.detail)


@pytest.mark.parametrize("codes", [{"old_code": "000000"}, {"new_code": "000000"}])
def test_one_wrong_code_changes_nothing_and_the_right_one_is_not_asked_again(
    codes: dict[str, str],
) -> None:
    owner = make_owner()
    client = asked(owner)
    right = {"old_code": code_at(OLD), "new_code": code_at(NEW)}
    answer = change(client, **{**right, **codes})
    owner.refresh_from_db()
    assert owner.mobile == OLD
    left = page(answer).xpath("//main//input[contains(@name, '_code')]/@name")
    assert left == list(codes)
    change(client, **{name: right[name] for name in codes})
    owner.refresh_from_db()
    assert owner.mobile == NEW


def test_two_wrong_codes_are_told_apart() -> None:
    told = text_of(change(asked(make_owner()), old_code="000000", new_code="000000"))
    assert "کد شماره فعلی درست نیست" in told
    assert "کد شماره تازه درست نیست" in told


def test_a_code_at_the_new_number_signs_nobody_in() -> None:
    client = asked(make_owner())
    guesser = Client()
    guesser.post("/sign-in/code/", {"account": OLD})
    guesser.post("/sign-in/code/enter/", {"code": code_at(NEW)})
    assert signed_in(guesser) is None
    assert signed_in(client) is not None


def test_a_number_that_somebody_else_uses_is_told_only_to_who_has_it_in_hand() -> None:
    stranger = make_stranger()
    client = asked(make_owner(), str(stranger.mobile))
    assert "حساب دارد" not in text_of(client.get("/profile/mobile/codes/"))
    refused = change(client, old_code=code_at(OLD), new_code=code_at(str(stranger.mobile)))
    assert "این شماره حساب دارد و ثبت دوباره آن امکان‌پذیر نیست" in refused.content.decode()
    assert User.objects.get(mobile=OLD)


def test_an_account_that_nobody_ever_used_lets_its_number_go() -> None:
    owner = make_owner()
    unused = User.objects.create_user("neverHere", mobile=NEW)
    changing.by_codes(owner.pk, OLD, NEW)
    unused.refresh_from_db()
    assert unused.mobile is None


def test_of_two_changes_to_one_number_the_constraint_lets_one_through() -> None:
    first, second = make_owner(), make_stranger()
    changing.by_codes(first.pk, OLD, NEW)
    with pytest.raises(changing.Taken):
        changing.by_codes(second.pk, str(second.mobile), NEW)
    with pytest.raises(Refusal):
        changing.by_codes(first.pk, OLD, "09350002222")  # the number was another by then
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=second.pk).update(mobile=NEW)


def test_after_five_changes_begun_in_a_day_no_more_codes_leave() -> None:
    client = asked(make_owner())
    for number in range(2, 8):
        client.post("/profile/mobile/", {"mobile": f"0935000111{number}"})
    assert SmsMessage.objects.filter(event=proving.BOTH).count() <= 10


# --- by support ---------------------------------------------------------------------------------------


def supports_page(owner: User, *, checked: bool = True) -> tuple[Client, str]:
    """Support's browser after the identity check, and the address of the page."""
    client = office_client(make_staff(Role.SUPPORT))
    if checked:
        answers = {"check": "1", "national_id_end": "۰۸۹۹", "last_name": "حسینی"}
        client.post(f"/office/accounts/user/{owner.pk}/help/", answers)
    return client, f"/office/accounts/user/{owner.pk}/mobile/"


def noted(owner: User) -> MobileChange:
    """A change that support noted, with a code that the caller read out."""
    client, address = supports_page(owner)
    client.post(address, {"send": "1", "mobile": "۹۳۵۰۰۰۱۱۱۱", "reason": "سیم‌کارت گم شده است"})
    client.post(address, {"note": "1", "code": code_at(NEW)})
    return MobileChange.objects.get(user=owner)


def test_support_needs_an_identity_check_first() -> None:
    owner = make_owner()
    client, address = supports_page(owner, checked=False)
    sent = client.post(address, {"send": "1", "mobile": NEW, "reason": "گم شدن"})
    assert sent["Location"].endswith("/help/")
    assert not SmsMessage.objects.filter(mobile=NEW).exists()


def test_a_change_by_support_waits_two_days_and_the_earlier_number_is_told() -> None:
    owner = make_owner()
    made = noted(owner)
    asked_sms = SmsMessage.objects.get(event="account.mobile_asked")
    assert asked_sms.mobile == OLD
    assert f"/n/{made.stop_code}" in asked_sms.text
    clock.move_to(clock.now() + timedelta(hours=47))
    jobs.run_now("accounts.change_mobiles")
    owner.refresh_from_db()
    assert owner.mobile == OLD
    clock.move_to(clock.now() + timedelta(hours=2))
    jobs.run_now("accounts.change_mobiles")
    owner.refresh_from_db()
    made.refresh_from_db()
    assert (owner.mobile, made.state) == (NEW, MobileChangeState.DONE)
    assert "account.mobile_ready" in events_to(NEW)


def test_the_earlier_numbers_link_or_the_owner_stops_it() -> None:
    owner = make_owner()
    made = noted(owner)
    assert "متوقف شود" in text_of(Client().get(f"/n/{made.stop_code}/"))
    assert MobileChange.objects.get().state == MobileChangeState.WAITING  # a look stops nothing
    Client().post(f"/n/{made.stop_code}/")
    made.refresh_from_db()
    assert made.state == MobileChangeState.STOPPED
    other = changing.ask(owner.pk, NEW, "باز هم", make_staff(Role.SUPPORT))
    client = Client()
    sign_in(client, OLD, PASSWORD)
    assert "تغییر شماره همراه درخواست شد" in text_of(client.get("/profile/"))
    client.post("/profile/mobile/stop/")
    other.refresh_from_db()
    assert other.state == MobileChangeState.STOPPED
    clock.move_to(clock.now() + timedelta(days=3))
    jobs.run_now("accounts.change_mobiles")
    owner.refresh_from_db()
    assert owner.mobile == OLD


def test_links_that_stop_a_change_are_not_to_be_guessed() -> None:
    made, guesser = noted(make_owner()), Client()
    answers = [guesser.post(f"/n/{number:012}/") for number in range(41)]
    assert [answer.status_code for answer in answers] == [404] * 40 + [429]
    assert "پس از ۱۰ دقیقه" in text_of(answers[-1])
    guesser.post(f"/n/{made.stop_code}/")
    made.refresh_from_db()
    assert made.state == MobileChangeState.WAITING
    Client(REMOTE_ADDR="192.0.2.7").post(f"/n/{made.stop_code}/")
    made.refresh_from_db()
    assert made.state == MobileChangeState.STOPPED


def test_a_number_that_was_registered_meanwhile_ends_the_change_without_harm() -> None:
    owner = make_owner()
    made = noted(owner)
    make_owner(NEW, name="زهرا کریمی")
    clock.move_to(clock.now() + timedelta(days=3))
    jobs.run_now("accounts.change_mobiles")
    owner.refresh_from_db()
    made.refresh_from_db()
    assert (owner.mobile, made.state) == (OLD, MobileChangeState.REFUSED)


def test_an_account_without_a_number_gets_one_by_two_people() -> None:
    owner = make_owner()
    assert changing.detach(owner.pk, OLD)
    asker, second = make_staff(Role.SUPPORT), make_staff(Role.SUPPORT)
    made = changing.ask(owner.pk, NEW, "صاحب حساب تماس گرفت", asker)
    clock.move_to(clock.now() + timedelta(days=9))
    jobs.run_now("accounts.change_mobiles")
    with pytest.raises(Refusal):
        changing.approve(made.pk, asker)
    address = f"/office/accounts/mobilechange/{made.pk}/approve/"
    browser = office_client(second)
    browser.post(address, {"own_password": "wrong-one"})
    made.refresh_from_db()
    assert made.state == MobileChangeState.WAITING
    browser.post(address, {"own_password": PASSWORD})
    owner.refresh_from_db()
    assert owner.mobile == NEW
    verbs = AuditEvent.objects.filter(owner_ids__contains=[owner.pk]).values_list(
        "verb", "actor_id"
    )
    assert {("account.mobile_asked", asker.pk), ("account.mobile_approved", second.pk)} <= set(
        verbs
    )


# --- a number that came to a new holder ---------------------------------------------------------------


@pytest.mark.usefixtures("terms")
def test_a_new_holder_takes_the_number_off_and_registers_afresh_and_sees_nothing() -> None:
    owner, holder = make_owner(), Client()
    owners_browser = Client()
    sign_in(owners_browser, OLD, PASSWORD)
    waiting = outbox.queue("visit.moved", OLD, MOVED, user_id=owner.pk)
    holder.post("/sign-in/not-mine/", {"mobile": OLD, **solved(holder.get("/sign-in/not-mine/"))})
    wrong = holder.post("/sign-in/not-mine/code/", {"code": "000000"})
    assert "حسینی" not in wrong.content.decode()
    done = holder.post("/sign-in/not-mine/code/", {"code": code_at(OLD)}, follow=True)
    assert done.redirect_chain[-1][0] == "/register/"
    assert signed_in(holder) is None
    assert waiting is not None
    waiting.refresh_from_db()
    assert waiting.state == SmsState.WITHDRAWN
    assert owners_browser.get("/profile/").status_code == 302
    register(holder)
    fresh = User.objects.get(mobile=OLD)
    owner.refresh_from_db()
    assert fresh != owner
    assert owner.mobile is None
    # The owner still has the username and the password, and reads what happened.
    sign_in(owners_browser, owner.username, PASSWORD)
    assert "شماره همراه از حساب جدا شد" in text_of(owners_browser.get("/notices/"))


def test_whether_a_number_has_an_account_is_not_told_and_staff_keep_theirs() -> None:
    member = make_staff(Role.SUPPORT)
    User.objects.filter(pk=member.pk).update(mobile=NEW)
    for number in (NEW, "09129998877"):
        client = Client()
        answer = client.post(
            "/sign-in/not-mine/", {"mobile": number, **solved(client.get("/sign-in/not-mine/"))}
        )
        assert answer["Location"] == "/sign-in/not-mine/code/"
    assert not SmsMessage.objects.exists()
    assert not changing.detach(member.pk, NEW)


def form_of(person: User, **more: str) -> dict[str, str]:
    """What the office's page of a person sends back."""
    return {
        "username": person.username, "mobile": str(person.mobile), "first_name": person.first_name,
        "last_name": person.last_name, "is_active": "on", "present_password": PASSWORD,
        "profile-TOTAL_FORMS": "1", "profile-INITIAL_FORMS": "1", "profile-0-id": str(person.profile.pk), **more,
    }  # fmt: skip


def test_a_manager_moves_nobodys_number_by_making_an_owner_staff_for_a_moment() -> None:
    owner = make_owner()
    client = office_client(make_staff(Role.MANAGER))
    address = f"/office/accounts/user/{owner.pk}/change/"
    assert client.post(address, form_of(owner, is_staff="on")).status_code == 302
    client.post(address, form_of(owner, is_staff="on", mobile=NEW))
    owner.refresh_from_db()
    assert (owner.is_staff, owner.mobile) == (True, OLD)


def test_a_number_of_somebody_who_only_registered_is_not_moved_so_either() -> None:
    owner = make_owner(with_profile=False)
    terms = TermsVersion.objects.create(version=1, text="متن", effective_from=clock.today())
    TermsAcceptance.objects.create(user=owner, terms=terms, at=clock.now())
    owner.is_staff = True
    assert owner.is_owner


def test_a_wrong_password_beside_the_tick_of_staff_brings_the_form_back() -> None:
    person = User.objects.create_user("quietFox", PASSWORD, mobile=OLD)
    data = {"username": "quietFox", "is_staff": "on", "is_active": "on", "present_password": "wrong-one",
            "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0"}  # fmt: skip
    address = f"/office/accounts/user/{person.pk}/change/"
    answer = office_client(make_staff(Role.MANAGER)).post(address, data)
    assert answer.status_code == 200
    assert "این رمز شما نیست" in answer.content.decode()


def test_a_member_of_staff_with_a_shop_changes_the_number_as_an_owner_does() -> None:
    owner = make_owner()
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    client = asked(owner)
    assert "تغییر شماره همراه" in text_of(client.get("/profile/"))
    change(client, old_code=code_at(OLD), new_code=code_at(NEW))
    owner.refresh_from_db()
    assert owner.mobile == NEW


# --- after a long absence -----------------------------------------------------------------------------


def by_code(client: Client) -> Any:
    """Sign in by a code to the number."""
    client.post("/sign-in/code/", {"account": OLD})
    return client.post("/sign-in/code/enter/", {"code": secret_of("login.code")}, follow=True)


def test_after_a_long_absence_an_sms_alone_opens_nothing() -> None:
    owner = make_owner()
    clock.move_to(clock.now() + timedelta(days=200))
    client = Client()
    answer = by_code(client)
    assert "آیا این حساب هنوز از آن شماست" in text_of(answer)
    assert signed_in(client) is None
    for _try in range(5):
        client.post("/sign-in/still-yours/", {"national_id_end": "1111"})
    client.post("/sign-in/still-yours/", {"national_id_end": "0899"})
    assert signed_in(client) is None  # five a day, and no more
    passwords.send_new(owner, owner.pk)
    assert not AuditEvent.objects.filter(verb="account.sign_in").exists()


def test_the_owner_who_was_away_for_long_comes_in_with_the_end_of_the_national_id() -> None:
    owner = make_owner()
    clock.move_to(clock.now() + timedelta(days=200))
    client = Client()
    by_code(client)
    client.post("/sign-in/still-yours/", {"national_id_end": "۰۸۹۹"})
    assert signed_in(client) == owner
    client.post("/sign-out/")
    by_code(client)
    assert signed_in(client) == owner  # the account is not silent any more


def test_an_own_password_or_a_known_browser_is_asked_nothing_more() -> None:
    owner = make_owner()
    known = Client()
    sign_in(known, OLD, PASSWORD)
    known.post("/sign-out/")
    clock.move_to(clock.now() + timedelta(days=200))
    by_code(known)
    assert signed_in(known) == owner
    passwords.choose(owner, "کبوتر-۵۸۲۱")
    clock.move_to(clock.now() + timedelta(days=200))
    elsewhere = Client()
    sign_in(elsewhere, OLD, "کبوتر-۵۸۲۱")
    assert signed_in(elsewhere) == owner
