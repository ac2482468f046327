"""Nobody makes himself the second person: new roles wait a week before they open a colleague's account, or decide about money."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import powers
from accounts.mobile import changing
from accounts.models import Role, StaffAssignment, User
from accounts.second_factor import resetting
from billing import review
from billing.models import PaymentAttempt, RefundState
from billing.refunds import steps
from billing.transfers import matching
from septam import clock
from septam.models import AuditEvent
from septam.refusal import Refusal
from tests.accounts.steps import page
from tests.billing.bank import GATEWAY, make_order
from tests.billing.settled import refund_of, settled_order
from tests.billing.test_payment_races import race
from tests.billing.transfers import facts, make_held_order
from tests.make import make_laboratory
from tests.people import PASSWORD, make_owner, make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db
ROLES = "/office/accounts/staffassignment/"


@pytest.fixture
def manager() -> User:
    """The manager of a portal that was opened long ago."""
    AuditEvent.objects.create(at=clock.now() - timedelta(days=400), verb="portal.opened")
    return make_staff(Role.MANAGER, username="manager")


def give(client: Client, person: User, role: str) -> None:
    data = {
        "user": str(person.pk),
        "role": role,
        "active": "on",
        "present_password": PASSWORD,
    }
    assert client.post(f"{ROLES}add/", data).status_code == 302


def made_by(client: Client, role: str) -> User:
    """Somebody who had no role until now."""
    person = User.objects.create_user(f"fresh-{role}", PASSWORD, is_staff=True)
    give(client, person, role)
    return person


def test_a_manager_of_today_approves_no_reset_and_one_of_last_week_does(manager: User) -> None:
    colleague = make_staff(Role.SUPPORT)
    fresh = made_by(office_client(manager), "manager")
    reset = resetting.ask(colleague, "گوشی گم شد", manager)
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        resetting.approve(reset.pk, fresh)
    resetting.refuse(reset.pk, manager)
    clock.move_to(clock.now() + timedelta(days=7, minutes=1))
    resetting.approve(resetting.ask(colleague, "گوشی گم شد", manager).pk, fresh)


def test_a_role_of_long_ago_does_not_make_todays_role_an_old_one(manager: User) -> None:
    colleague, person = make_staff(Role.SUPPORT), make_staff(Role.FINANCE)
    give(office_client(manager), person, "manager")
    reset = resetting.ask(colleague, "گوشی گم شد", manager)
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        resetting.approve(reset.pk, person)


def test_nobody_with_a_new_role_asks_so_that_the_one_who_gave_it_could_approve(
    manager: User,
) -> None:
    colleague, fresh = make_staff(Role.FINANCE), made_by(office_client(manager), "support")
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        resetting.ask(colleague, "گوشی گم شد", fresh)
    without = make_owner()
    User.objects.filter(pk=without.pk).update(mobile=None)
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        changing.ask(without.pk, "09351112233", "گوشی گم شد", fresh)


def test_two_of_finance_whom_a_manager_made_today_move_no_money(manager: User) -> None:
    client = office_client(manager)
    first, second = made_by(client, "finance"), User.objects.create_user("second", is_staff=True)
    give(client, second, "finance")
    order = make_held_order()
    invented = matching.record(facts(order.payable_rial), first)
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        matching.match(invented.pk, order.number, second)
    case = refund_of(settled_order(make_stranger(), "کافه"), None, 1000, asked_by=first)
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        steps.approve(case.pk, second)
    clock.move_to(clock.now() + timedelta(days=7, minutes=1))
    assert steps.approve(case.pk, second).state == RefundState.APPROVED
    assert matching.match(invented.pk, order.number, second) == order


@pytest.mark.parametrize("managers_turn", [1, 2])
def test_a_manager_and_whom_he_made_today_are_not_two_people_who_saw_a_payment(
    manager: User, managers_turn: int
) -> None:
    fresh = made_by(office_client(manager), "finance")
    attempt = PaymentAttempt.objects.create(
        order=make_order(make_owner()), gateway=GATEWAY, order_number=10**15, amount_rial=1000,
        state="abandoned", token="T1", created_at=clock.now(), sent_at=clock.now(),
    )  # fmt: skip
    people = [fresh, manager] if managers_turn == 2 else [manager, fresh]
    review.accept(attempt.pk, people[0], "در گزارش بانک است", "98765432101")
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        review.accept(attempt.pk, people[1], "در گزارش بانک است", "98765432101")


def test_in_the_portals_first_days_new_people_work_for_everybody_is_new() -> None:
    new = made_by(office_client(make_staff(Role.MANAGER)), "finance")
    order = make_held_order()
    transfer = matching.record(facts(order.payable_rial), make_staff(Role.FINANCE))
    assert matching.match(transfer.pk, order.number, new) == order


def test_nobody_is_of_finance_and_of_a_laboratory(manager: User) -> None:
    """Else he sets the share of his own laboratory, closes its month and pays it."""
    person = make_staff(Role.LAB_MANAGER, make_laboratory())
    sent = {
        "user": str(person.pk), "role": "finance", "active": "on", "present_password": PASSWORD,
    }  # fmt: skip
    answer = office_client(manager).post(f"{ROLES}add/", sent)
    assert "یک نفر هم‌زمان" in answer.content.decode()
    assert not person.assignments.filter(role="finance").exists()


def test_in_the_demo_the_people_of_the_readme_are_old_and_whoever_a_manager_makes_is_new() -> None:
    for command in ("setup_reference", "setup_roles", "setup_demo"):
        call_command(command, verbosity=0)
    leila = User.objects.get(username="manager")
    fresh = made_by(office_client(make_staff(Role.MANAGER, username="other")), "manager")
    assert powers.why_too_new(leila, resetting.DECIDE) == ""
    assert "کمتر از ۷ روز" in powers.why_too_new(fresh, resetting.DECIDE)


def test_a_role_that_rested_counts_anew_from_the_day_it_was_given_back(manager: User) -> None:
    client, person = office_client(manager), make_staff(Role.SUPPORT)
    role = StaffAssignment.objects.get(user=person)
    for active in ({}, {"active": "on"}):
        sent = client.post(f"{ROLES}{role.pk}/change/", {"present_password": PASSWORD, **active})
        assert sent.status_code == 302
    with pytest.raises(Refusal, match="کمتر از ۷ روز"):
        resetting.ask(make_staff(Role.FINANCE), "گوشی گم شد", person)


def test_a_role_that_was_given_does_not_become_anothers_or_another_role(manager: User) -> None:
    client, person = office_client(manager), make_staff(Role.SUPPORT)
    role, other = StaffAssignment.objects.get(user=person), make_staff(Role.FINANCE)
    data = {
        "user": str(other.pk),
        "role": "manager",
        "active": "on",
        "present_password": PASSWORD,
    }
    assert client.post(f"{ROLES}{role.pk}/change/", data).status_code == 302
    role.refresh_from_db()
    assert (role.user_id, role.role) == (person.pk, "support")


def test_the_own_role_is_changed_by_another_manager(manager: User) -> None:
    role = StaffAssignment.objects.get(user=manager)
    refused = office_client(manager).post(
        f"{ROLES}{role.pk}/change/", {"present_password": PASSWORD}
    )
    assert "نقش خودتان را مدیر دیگری تغییر می‌دهد" in refused.content.decode()
    role.refresh_from_db()
    assert role.active


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"role": "expert"}, "برای نقش کارشناس و مدیر آزمایشگاه، آزمایشگاه را انتخاب کنید"),
        ({"role": "support", "code": "1001"}, "این کد برای کارشناس دیگری ثبت شده است"),
    ],
)
def test_what_the_database_refuses_of_a_role_is_told_in_persian(
    manager: User, data: dict[str, str], words: str
) -> None:
    first, person = make_staff(Role.MANAGER), make_staff(Role.MANAGER)
    StaffAssignment.objects.filter(user=first).update(code="1001")
    sent = {"user": str(person.pk), "active": "on", "present_password": PASSWORD, **data}
    answer = office_client(manager).post(f"{ROLES}add/", sent)
    assert words in page(answer).text_content()


def test_a_role_rests_and_is_not_deleted_and_nobody_shuts_himself_out(manager: User) -> None:
    client, role = office_client(manager), StaffAssignment.objects.get(user=manager)
    chosen = {"action": "delete_selected", "_selected_action": role.pk, "post": "yes"}
    client.post(ROLES, chosen)
    assert client.post(f"{ROLES}{role.pk}/delete/", {"post": "yes"}).status_code == 403
    assert StaffAssignment.objects.filter(pk=role.pk).exists()
    data = {
        "username": manager.username, "first_name": manager.first_name, "last_name": manager.last_name,
        "present_password": PASSWORD, "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0", "is_staff": "on",
    }  # fmt: skip
    refused = client.post(f"/office/accounts/user/{manager.pk}/change/", data)
    assert "این را برای خودتان مدیر دیگری تغییر می‌دهد" in refused.content.decode()
    manager.refresh_from_db()
    assert manager.is_active


def test_another_name_of_a_member_of_staff_takes_the_password_and_the_earlier_one_is_kept(
    manager: User,
) -> None:
    """Else old deeds stand beside a new name, and nobody knows whose they were."""
    person, client = make_staff(Role.FINANCE, username="shadow"), office_client(manager)
    address = f"/office/accounts/user/{person.pk}/change/"
    data = {
        "username": "finance-2", "first_name": "حمید", "last_name": "کاظمی", "is_staff": "on", "is_active": "on",
        "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0",
    }  # fmt: skip
    client.post(address, data)
    person.refresh_from_db()
    assert person.username == "shadow"
    client.post(address, {**data, "present_password": PASSWORD})
    assert AuditEvent.objects.get(verb="staff.renamed").detail["was"].startswith("shadow سارا")


@pytest.mark.django_db(transaction=True)
def test_of_the_last_two_managers_who_rest_each_other_at_once_one_is_left() -> None:
    first, second = (make_staff(Role.MANAGER, username=name) for name in ("first", "second"))
    clients = {person: office_client(person) for person in (first, second)}

    def rest(actor: User, other: User) -> None:
        role = StaffAssignment.objects.get(user=other)
        clients[actor].post(f"{ROLES}{role.pk}/change/", {"present_password": PASSWORD})

    race(lambda: rest(first, second), lambda: rest(second, first))
    assert StaffAssignment.objects.filter(role="manager", active=True).count() == 1
