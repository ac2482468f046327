"""The office: second factor, roles, scope, and people in the admin."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from accounts import login_codes, powers, reference, roles, scope
from accounts.models import (
    RecoveryCode,
    Role,
    SecondFactorReset,
    StaffAssignment,
    TermsVersion,
    User,
)
from accounts.second_factor import devices, resetting
from accounts.second_factor.asking_again import SURE_AT
from notifications.models import SmsMessage
from septam import clock, jalali
from septam.models import AuditEvent
from septam.refusal import Refusal
from tests.accounts.steps import page, sign_in, text_of
from tests.make import make_city, make_laboratory, make_province
from tests.people import PASSWORD, make_expert, make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    """A system manager."""
    return make_staff(Role.MANAGER, username="manager")


def code_of(device: TOTPDevice) -> str:
    """What the authenticator shows."""
    return devices.current_code(device)


def enrol(client: Client, user: User) -> list[str]:
    """Join an authenticator; returns the recovery codes."""
    client.force_login(user)
    client.get("/office/second-factor/")
    waiting = TOTPDevice.objects.get(user=user, confirmed=False)
    shown = client.post("/office/second-factor/", {"token": code_of(waiting)})
    return [item.text_content().strip() for item in page(shown).xpath("//main//li")]


def test_the_office_leads_a_visitor_to_sign_in_and_staff_on_to_the_second_step(
    manager: User,
) -> None:
    client = Client()
    asked = client.get("/office/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/sign-in/")
    TOTPDevice.objects.create(user=manager, name="totp")
    answer = sign_in(client, "manager", PASSWORD, next="/office/")
    assert answer["Location"] == "/office/"
    second = client.get("/office/", follow=True)
    assert second.redirect_chain[-1][0].startswith("/office/verify/")


def test_a_password_alone_opens_nothing_in_the_office(client: Client, manager: User) -> None:
    client.force_login(manager)
    assert client.get("/office/accounts/user/").status_code == 302


def test_an_authenticators_code_opens_the_office_once(client: Client, manager: User) -> None:
    device = TOTPDevice.objects.create(user=manager, name="totp")
    client.force_login(manager)
    code = code_of(device)
    assert client.post("/office/verify/", {"token": code})["Location"] == "/office/"
    assert client.get("/office/").status_code == 200
    other = Client()
    other.force_login(manager)
    assert "این کد درست نیست یا پیش‌تر استفاده شده است" in text_of(
        other.post("/office/verify/", {"token": code})
    )


def test_an_owners_code_by_sms_never_counts_as_a_second_factor(
    client: Client, manager: User
) -> None:
    User.objects.filter(pk=manager.pk).update(mobile="09120000000")
    manager.refresh_from_db()
    device = login_codes.request(manager)
    client.force_login(manager)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    assert client.get("/office/").status_code == 302


def test_an_owner_is_no_staff_whatever_device_they_have(client: Client) -> None:
    owner = make_owner()
    assert office_client(owner).get("/office/", follow=True).status_code == 403


def test_staff_without_an_authenticator_are_led_to_join_one(client: Client, manager: User) -> None:
    client.force_login(manager)
    assert client.get("/office/verify/")["Location"] == "/office/second-factor/"
    shown = page(client.get("/office/second-factor/"))
    assert shown.xpath("//main//img")[0].get("src").startswith("data:image/svg+xml")
    assert not shown.xpath("//main//*[@style]")


def test_joining_shows_ten_recovery_codes_once_and_keeps_them_hashed(
    client: Client, manager: User
) -> None:
    codes = enrol(client, manager)
    assert len(codes) == 10
    assert client.get("/office/").status_code == 200
    hashes = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not hashes & {code.replace("-", "") for code in codes}


def test_a_recovery_code_opens_the_office_once(client: Client, manager: User) -> None:
    code = enrol(client, manager)[0]
    other = Client()
    other.force_login(manager)
    assert other.post("/office/verify/", {"token": code.upper()})["Location"] == "/office/"
    assert other.get("/office/").status_code == 200
    third = Client()
    third.force_login(manager)
    assert third.post("/office/verify/", {"token": code}).status_code == 200


def test_a_second_authenticator_cannot_be_joined_without_the_first(
    client: Client, manager: User
) -> None:
    TOTPDevice.objects.create(user=manager, name="totp")
    client.force_login(manager)
    assert client.get("/office/second-factor/")["Location"] == "/office/verify/"


@pytest.mark.parametrize(("typed", "shown"), [("000001", "۰۰۰۰۰۱"), ("abcd-1234", "abcd-1234")])
def test_a_wrong_code_stays_in_its_box_in_persian_digits_but_for_one_with_letters(
    client: Client, manager: User, typed: str, shown: str
) -> None:
    TOTPDevice.objects.create(user=manager, name="totp")
    client.force_login(manager)
    answer = page(client.post("/office/verify/", {"token": typed}))
    assert answer.xpath("//input[@name='token']/@value") == [shown]


def test_after_five_wrong_codes_even_the_right_one_waits(client: Client, manager: User) -> None:
    device = TOTPDevice.objects.create(user=manager, name="totp")
    client.force_login(manager)
    for _time in range(5):
        client.post("/office/verify/", {"token": "abc"})
    answer = client.post("/office/verify/", {"token": code_of(device)})
    assert "دقیقه دیگر دوباره تلاش کنید" in text_of(answer)


def test_an_owner_has_no_page_of_the_second_factor(client: Client) -> None:
    client.force_login(make_owner())
    assert client.get("/office/verify/").status_code == 403


def test_a_session_of_staff_lasts_eight_hours(client: Client, manager: User) -> None:
    sign_in(client, "manager", PASSWORD)
    assert client.session.get_expiry_age() <= 8 * 3600


def test_demo_code_prints_what_the_authenticator_shows_and_refuses_in_production(
    manager: User, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="no authenticator"):
        call_command("demo_code", "manager")
    device = TOTPDevice.objects.create(user=manager, name="totp")
    call_command("demo_code", "manager")
    printed = capsys.readouterr().out.strip()
    assert devices.check(manager, printed) == device
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="demo and test"):
        call_command("demo_code", "manager")


def test_setup_roles_makes_a_group_for_each_role_and_may_run_again() -> None:
    Group.objects.all().delete()
    call_command("setup_roles", verbosity=0)
    before = {group.name: group.permissions.count() for group in Group.objects.all()}
    call_command("setup_roles", verbosity=0)
    assert {group.name: group.permissions.count() for group in Group.objects.all()} == before
    assert set(before) == set(Role.values)
    assert all(before.values())


def test_every_permission_that_a_role_names_exists() -> None:
    assert roles.setup() == []


def test_no_role_but_the_managers_may_change_people_or_roles() -> None:
    for role in set(Role.values) - {Role.MANAGER}:
        for model in ("user", "staffassignment", "termsversion", "profile"):
            assert f"accounts.change_{model}" not in roles.PERMISSIONS[role]
    for role in Role.values:
        assert not [name for name in roles.PERMISSIONS[role] if "delete_user" in name]


def test_experts_and_laboratory_managers_do_not_see_accounts() -> None:
    for role in (Role.EXPERT, Role.LAB_MANAGER):
        assert not [name for name in roles.PERMISSIONS[role] if name.startswith("accounts.")]


def test_the_groups_follow_the_active_roles() -> None:
    expert = make_expert(make_laboratory())
    assert [group.name for group in expert.groups.all()] == ["expert"]
    StaffAssignment.objects.filter(user=expert).update(active=False)
    roles.sync_groups(expert)
    assert not expert.groups.exists()


def test_an_expert_is_one_of_the_own_laboratory_only() -> None:
    ours = make_laboratory()
    other_city = make_city("تبریز", make_province("آذربایجان شرقی", "03", "041"))
    theirs = make_laboratory("آزمایشگاه دیگر", other_city)
    expert = make_expert(ours)
    assert scope.is_expert_of(expert, ours)
    assert not scope.is_expert_of(expert, theirs)
    assert scope.laboratory_ids(expert, Role.EXPERT) == [ours.pk]
    assert not scope.has_role(expert, Role.FINANCE)
    User.objects.filter(pk=expert.pk).update(is_active=False)
    assert not scope.is_expert_of(User.objects.get(pk=expert.pk), ours)


@pytest.mark.parametrize(
    "typed, found",
    [
        ("۰۹۱۲۱۲۳۴۵۶۷", True), ("+98 912 123", True), ("0499370899", True), ("trustinghawk4567", True),
        ("حسيني", True), ("محمد حس", True), ("09350000000", False), ("کریمی", False),
    ],
)  # fmt: skip
def test_support_finds_a_person_by_number_or_name(typed: str, found: bool) -> None:
    owner = make_owner()
    client = office_client(make_staff(Role.SUPPORT))
    answer = client.get("/office/accounts/user/", {"q": typed})
    assert (owner.username in answer.content.decode()) is found


def test_each_look_at_a_persons_data_is_audited_and_no_hash_is_shown() -> None:
    owner = make_owner()
    manager = make_staff(Role.MANAGER)
    answer = office_client(manager).get(f"/office/accounts/user/{owner.pk}/change/")
    assert "۰۴۹۹۳۷۰۸۹۹" in answer.content.decode()
    assert owner.password not in answer.content.decode()
    seen = AuditEvent.objects.get(verb="office.view")
    assert (seen.actor_id, seen.object_type, seen.object_id) == (
        manager.pk,
        "accounts.user",
        str(owner.pk),
    )


def test_a_list_of_people_is_audited_with_their_ids() -> None:
    owner = make_owner()
    office_client(make_staff(Role.SUPPORT)).get("/office/accounts/user/")
    assert owner.pk in AuditEvent.objects.get(verb="office.list").detail["ids"]


def test_the_manager_sends_staff_a_fresh_password_and_owners_get_none_in_bulk(
    manager: User,
) -> None:
    owner = make_owner()
    member = make_staff(Role.FINANCE)
    User.objects.filter(pk=member.pk).update(mobile="09123334455")
    data = {"action": "send_password", "_selected_action": [owner.pk, member.pk]}
    answer = office_client(manager).post("/office/accounts/user/", data, follow=True)
    assert "برای 1 نفر" in answer.content.decode() or "برای ۱ نفر" in answer.content.decode()
    assert SmsMessage.objects.get().mobile == "09123334455"
    assert AuditEvent.objects.get(verb="account.send_password").actor_id == manager.pk


def test_support_sends_nothing_in_bulk() -> None:
    owner = make_owner()
    data = {"action": "send_password", "_selected_action": [owner.pk]}
    office_client(make_staff(Role.SUPPORT)).post("/office/accounts/user/", data, follow=True)
    assert not SmsMessage.objects.exists()


def test_support_looks_at_people_and_cannot_change_them() -> None:
    owner = make_owner()
    client = office_client(make_staff(Role.SUPPORT))
    client.post(f"/office/accounts/user/{owner.pk}/change/", {"username": "x", "is_staff": "on"})
    owner.refresh_from_db()
    assert not owner.is_staff


def test_what_is_not_there_is_404_in_the_office() -> None:
    client = office_client(make_staff(Role.SUPPORT))
    assert client.get("/office/accounts/user/999999/change/").status_code == 404


def test_the_manager_adds_a_member_of_staff_who_cannot_sign_in_before_a_password_was_sent(
    manager: User,
) -> None:
    client = office_client(manager)
    data = {
        "username": "newexpert", "mobile": "۰۹۱۲۳۳۳۴۴۵۵", "first_name": "علی", "last_name": "رضایی",
        "is_staff": "on", "is_active": "on", "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0",
        "present_password": PASSWORD,
    }  # fmt: skip
    number = client.post("/office/accounts/user/add/", data | {"username": "09121110001"})
    assert "username" in number.context["adminform"].form.errors
    client.post("/office/accounts/user/add/", data)
    added = User.objects.get(username="newexpert")
    assert added.mobile == "09123334455"
    assert not added.has_usable_password()


def test_a_save_in_the_office_writes_the_changed_columns_only(manager: User) -> None:
    owner = make_owner()
    client = office_client(manager)
    data = {
        "username": owner.username, "mobile": owner.mobile, "first_name": "حسین", "last_name": owner.last_name,
        "is_active": "on", "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0",
    }  # fmt: skip
    client.post(f"/office/accounts/user/{owner.pk}/change/", data)
    owner.refresh_from_db()
    assert owner.first_name == "حسین"
    changed = AuditEvent.objects.get(verb="office.change")
    assert changed.detail["fields"] == ["first_name"]


def test_a_role_given_in_the_office_gives_its_group(manager: User) -> None:
    person = User.objects.create_user("plain", None, is_staff=True)
    data = {
        "user": person.pk,
        "role": Role.FINANCE,
        "active": "on",
        "code": "",
        "present_password": PASSWORD,
    }
    answer = office_client(manager).post("/office/accounts/staffassignment/add/", data)
    assert answer.status_code == 302
    assert person.groups.get().name == Role.FINANCE


def test_terms_in_force_cannot_be_rewritten(manager: User, terms: TermsVersion) -> None:
    address = f"/office/accounts/termsversion/{terms.pk}/change/"
    office_client(manager).post(
        address, {"version": 3, "text": "دیگر", "effective_from": "2021-03-21"}
    )
    terms.refresh_from_db()
    assert "دیگر" not in terms.text


def test_terms_begin_today_at_the_earliest(manager: User, terms: TermsVersion) -> None:
    client, address = office_client(manager), "/office/accounts/termsversion/add/"
    sent = {"version": "9", "text": "متن تازه", "effective_from": "1400/01/01"}
    assert "زودتر از امروز" in client.post(address, sent).content.decode()
    sent["effective_from"] = jalali.format_date(clock.today())
    assert client.post(address, sent).status_code == 302


def test_the_day_of_terms_in_force_is_read_in_the_jalali_calendar(
    manager: User, terms: TermsVersion
) -> None:
    page = office_client(manager).get(f"/office/accounts/termsversion/{terms.pk}/change/")
    assert "۱۴۰۰/۰۱/۰۱" in page.content.decode()


def test_the_terms_of_the_data_folder_are_loaded_once() -> None:
    path = Path(__file__).resolve().parents[2] / "data" / "terms.md"
    first = reference.load_terms(path)
    assert reference.load_terms(path) == first
    assert first.is_sample
    assert first.text.startswith("# قوانین و مقررات")
    assert TermsVersion.objects.count() == 1


def resets(client: Client, person: User, **more: str) -> str:
    """Ask for a reset of this person's second factor; where it leads."""
    data = {"reason": "گوشی در تاکسی ماند؛ او را دیدم", "own_password": PASSWORD, **more}
    answer = client.post(f"/office/accounts/user/{person.pk}/second-factor/", data)
    return answer.get("Location", "")


def test_a_lost_phone_takes_two_people_and_neither_is_the_person(manager: User) -> None:
    person, asker = make_staff(Role.MANAGER), make_staff(Role.SUPPORT)
    User.objects.filter(pk=person.pk).update(mobile="09120000000")
    theirs = office_client(person)
    assert resets(theirs, person) == ""  # nobody asks for himself
    assert resets(office_client(asker), person, own_password="wrong-one") == ""
    page_of = resets(office_client(asker), person)
    step = page_of.replace("/change/", "/approve/")
    assert page_of
    second = make_staff(Role.MANAGER)
    for client in (theirs, office_client(asker)):
        client.post(step, {"own_password": PASSWORD})
    reset = SecondFactorReset.objects.get()
    SecondFactorReset.objects.update(asked_at=clock.now() - timedelta(days=4))
    with pytest.raises(Refusal, match="مدت زیادی"):
        resetting.approve(reset.pk, second)
    SecondFactorReset.objects.update(asked_at=reset.asked_at)
    assert TOTPDevice.objects.filter(user=person).exists()
    office_client(second).post(step, {"own_password": PASSWORD})
    assert not TOTPDevice.objects.filter(user=person).exists()
    assert theirs.get("/office/verify/").status_code == 302  # every session of the person ended
    told = SmsMessage.objects.filter(mobile="09120000000").values_list("event", flat=True)
    assert set(told) == {"office.second_factor_asked", "office.second_factor_reset"}
    events = AuditEvent.objects.filter(verb__startswith="office.second_factor")
    assert set(events.values_list("actor_id", flat=True)) == {asker.pk, second.pk}


def test_the_database_itself_refuses_a_reset_by_one_person(manager: User) -> None:
    person = make_staff(Role.SUPPORT)
    reset = resetting.ask(person, "گم شد", manager)
    for alone in (manager, person):
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondFactorReset.objects.filter(pk=reset.pk).update(state="done", decided_by=alone)


def ten_minutes_later(client: Client) -> None:
    """The own password was shown longer ago than it counts."""
    session = client.session
    session[SURE_AT] -= 601
    session.save()


def test_an_open_desk_gives_no_other_authenticator_without_the_password(manager: User) -> None:
    client = office_client(manager)
    ten_minutes_later(client)
    asked = client.get("/office/second-factor/")
    assert asked["Location"] == "/office/again/?next=%2Foffice%2Fsecond-factor%2F"
    assert client.post("/office/second-factor/", {"token": "123456"}).status_code == 302
    back = client.post(asked["Location"], {"own_password": PASSWORD})
    assert back["Location"] == "/office/second-factor/"
    assert client.get("/office/second-factor/").status_code == 200


def test_who_learnt_the_password_cannot_lock_out_whoever_showed_the_factor_before(
    manager: User,
) -> None:
    device = TOTPDevice.objects.create(user=manager, name="totp")
    own = Client()
    sign_in(own, "manager", PASSWORD)
    own.post("/office/verify/", {"token": code_of(device)})
    for number in range(30):
        thief = Client(REMOTE_ADDR=f"198.51.100.{number}")
        sign_in(thief, "manager", PASSWORD)  # a fresh device by the password gives no fresh tries
        shown = thief.post("/office/verify/", {"token": "abc"})
    assert "دوباره تلاش کنید" in text_of(shown)
    assert thief.post("/office/verify/", {"token": code_of(device)}).status_code == 200
    device.refresh_from_db()
    assert own.post("/office/verify/", {"token": code_of(device)}).status_code == 302


def test_an_idle_session_asks_the_factor_again_and_an_old_one_the_password(manager: User) -> None:
    client = office_client(manager)
    assert client.get("/office/").status_code == 200
    session = client.session
    session["office_seen"] -= 61 * 60
    session.save()
    assert client.get("/office/", follow=True).redirect_chain[-1][0].startswith("/office/verify/")
    old = office_client(manager)
    old.get("/office/")
    session = old.session
    session["office_begun"] -= 9 * 3600
    session.save()
    assert old.get("/office/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")


def test_a_list_with_personal_data_leaves_after_the_own_password(manager: User) -> None:
    make_owner()
    client = office_client(manager)
    ten_minutes_later(client)
    asked = client.post("/office/accounts/user/export/?is_staff__exact=0", {"format": "csv"})
    assert asked["Location"].startswith("/office/again/")
    assert client.post(asked["Location"], {"own_password": "wrong-one"}).status_code == 200
    back = client.post(asked["Location"], {"own_password": PASSWORD})
    assert back["Location"] == "/office/accounts/user/?is_staff__exact=0"
    taken = client.post("/office/accounts/user/export/?is_staff__exact=0", {"format": "csv"})
    assert taken.status_code == 200
    assert taken.getvalue()


def test_a_role_or_access_changes_only_with_the_own_password(manager: User) -> None:
    client, person = office_client(manager), make_staff(Role.SUPPORT)
    address = "/office/accounts/staffassignment/add/"
    data = {"user": str(person.pk), "role": "finance", "active": "on"}
    assert client.post(address, data).status_code == 200
    assert client.post(address, {**data, "present_password": "wrong-one"}).status_code == 200
    assert not scope.has_role(person, Role.FINANCE)
    assert client.post(address, {**data, "present_password": PASSWORD}).status_code == 302
    assert scope.has_role(person, Role.FINANCE)


def test_nobody_gives_himself_a_role_and_every_manager_sees_that_one_was_given(
    manager: User,
) -> None:
    client, person = office_client(manager), make_staff(Role.SUPPORT)
    address = "/office/accounts/staffassignment/add/"
    data = {"role": "finance", "active": "on", "present_password": PASSWORD}
    refused = client.post(address, {**data, "user": str(manager.pk)}).content.decode()
    assert "نقش خودتان را مدیر دیگری تغییر می‌دهد" in refused
    assert not scope.has_role(manager, Role.FINANCE)
    told = "نقش‌های کارکنان در ۷ روز گذشته ۱ بار تغییر کرده است"
    assert told not in client.get("/office/").content.decode()
    client.post(address, {**data, "user": str(person.pk)})
    other = office_client(make_staff(Role.MANAGER, username="other"))
    assert told in other.get("/office/").content.decode()
    assert told not in office_client(person).get("/office/").content.decode()
    clock.move_to(clock.now() + timedelta(days=7, minutes=1))
    assert told not in other.get("/office/").content.decode()


def test_another_number_of_a_member_of_staff_is_told_to_the_earlier_one_and_to_every_manager(
    manager: User,
) -> None:
    person = make_staff(Role.FINANCE)
    User.objects.filter(pk=person.pk).update(mobile="09121112233")
    data = {
        "username": person.username, "mobile": "09351112244", "first_name": person.first_name,
        "last_name": person.last_name, "is_staff": "on", "is_active": "on", "profile-TOTAL_FORMS": "0",
        "profile-INITIAL_FORMS": "0", "present_password": PASSWORD,
    }  # fmt: skip
    client = office_client(manager)
    assert client.post(f"/office/accounts/user/{person.pk}/change/", data).status_code == 302
    assert SmsMessage.objects.get(event="account.mobile_changed").mobile == "09121112233"
    assert "شماره همراه کارکنان در ۷ روز گذشته ۱ بار" in client.get("/office/").content.decode()
    (alarm,) = powers.changed_lately()
    events = client.get(alarm.path).context["cl"].queryset
    assert {event.verb for event in events} == {"staff.mobile_changed"}


def test_terms_are_kept_without_marks_that_turn_the_text_round(manager: User) -> None:
    data = {
        "version": "9",
        "text": "بند یک\n\nمهلت \u202e۱۲ روز\u202c است",
        "effective_from": "۱۴۱۰/۰۱/۰۱",
    }
    office_client(manager).post("/office/accounts/termsversion/add/", data)
    assert TermsVersion.objects.get(version=9).text == "بند یک\n\nمهلت ۱۲ روز است"


def test_the_history_of_a_person_tells_in_persian_what_was_saved_and_nothing_else(
    manager: User,
) -> None:
    client, owner = office_client(manager), make_owner()
    data = {
        "username": owner.username, "mobile": owner.mobile, "first_name": owner.first_name, "last_name": owner.last_name,
        "is_active": "on", "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0", "present_password": PASSWORD,
    }  # fmt: skip
    address = f"/office/accounts/user/{owner.pk}"
    assert client.post(f"{address}/change/", data).status_code == 302
    assert not LogEntry.objects.exists(), "nothing was changed"
    client.post(f"{address}/change/", {**data, "first_name": "حسین"})
    former = [{"changed": {"fields": ["Your password, once more"]}}]
    LogEntry.objects.log_actions(manager.pk, [owner], CHANGE, former)
    shown = page(client.get(f"{address}/history/")).get_element_by_id("content-main")
    told = [cell.text_content() for cell in shown.xpath(".//td[2]")]
    assert told == ["تغییر یافت: نام", "بدون تغییر"], "the second of a former day"
    words = shown.text_content()
    assert jalali.format_date(clock.today()) in words
    assert "۲ مورد" in words
    assert re.search("[A-Za-z0-9]", words) is None, "one alphabet, one calendar"


def test_authenticators_keys_and_groups_are_on_no_page_of_the_office(manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(is_superuser=True)
    client = office_client(manager)
    assert client.get("/office/otp_totp/totpdevice/").status_code == 404
    assert client.get("/office/auth/group/").status_code == 404


def test_the_offices_own_password_page_is_the_portals(manager: User) -> None:
    assert office_client(manager).get("/office/password_change/")["Location"] == "/password/"


def test_days_in_the_office_are_jalali(manager: User, terms: TermsVersion) -> None:
    page_text = office_client(manager).get("/office/accounts/termsversion/").content.decode()
    assert "۱۴۰۰/۰۱/۰۱" in page_text


def test_there_is_no_search_of_people_that_nothing_records(manager: User) -> None:
    query = {
        "app_label": "billing",
        "model_name": "order",
        "field_name": "owner",
        "term": "0499370899",
    }
    assert office_client(manager).get("/office/autocomplete/", query).status_code == 403
