"""An expert leaves: whoever gives out the work finds what is still in his hands, and no owner is told to let him in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, StaffAssignment, User
from inspections import workflow
from inspections.visits import reminders
from septam import clock
from septam.digits import to_persian
from tests.inspections.journey import Journey, at_status
from tests.make import make_laboratory
from tests.people import make_expert, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
LIST = "/office/inspections/visitrequest/?work=left"
LEFT = "دیگر با آزمایشگاه همکاری نمی‌کند"
BUTTON = "درخواست‌های کارشناسان غیرفعال"


def role_rests(expert: User) -> None:
    StaffAssignment.objects.filter(user=expert, role=Role.EXPERT).update(active=False)


def account_is_closed(expert: User) -> None:
    User.objects.filter(pk=expert.pk).update(is_active=False)


def is_no_longer_staff(expert: User) -> None:
    User.objects.filter(pk=expert.pk).update(is_staff=False)


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def manager_of(journey: Journey) -> Client:
    return office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))


def own_page(journey: Journey) -> str:
    client = Client()
    client.force_login(journey.owner)
    return shown(client, reverse("inspections:request", args=[journey.request.number]))


@pytest.mark.parametrize("leave", [role_rests, account_is_closed, is_no_longer_staff])
@pytest.mark.parametrize("status", ["scheduling", "proposed", "accepted"])
def test_support_and_the_laboratory_find_what_an_expert_left_behind(
    leave: Callable[[User], None], status: str
) -> None:
    journey = at_status(status)
    if status == "scheduling":
        workflow.assign(journey.request.pk, journey.expert, journey.manager)
    support = office_client(make_staff(Role.SUPPORT))
    manager = manager_of(journey)
    assert "دیگر همکاری نمی‌کنند" not in shown(support, "/office/")
    assert BUTTON not in shown(manager, "/office/")
    leave(journey.expert)
    assert "۱ درخواست پرداخت‌شده در دست کارشناسانی است" in shown(support, "/office/")
    assert BUTTON in shown(manager, "/office/")
    for client in (support, manager):
        assert to_persian(journey.request.number) in shown(client, LIST)


def test_another_laboratory_is_not_bothered() -> None:
    journey = at_status("accepted")
    role_rests(journey.expert)
    other = office_client(make_staff(Role.LAB_MANAGER, make_laboratory("آزمایشگاه پارسه"), "other"))
    assert BUTTON not in shown(other, "/office/")
    assert to_persian(journey.request.number) not in shown(other, LIST)


def test_who_works_for_another_laboratory_still_has_left_this_one() -> None:
    journey = at_status("accepted")
    role_rests(journey.expert)
    elsewhere = make_laboratory("آزمایشگاه پارسه")
    StaffAssignment.objects.create(user=journey.expert, role=Role.EXPERT, laboratory=elsewhere)
    assert BUTTON in shown(manager_of(journey), "/office/")


def test_a_visit_that_took_place_waits_for_nobody_else() -> None:
    journey = at_status("visited")
    role_rests(journey.expert)
    assert BUTTON not in shown(manager_of(journey), "/office/")
    assert "محمدی‌نژاد" in own_page(journey)


def test_an_owner_is_not_told_to_let_in_who_left() -> None:
    journey = at_status("accepted")
    assert "محمدی‌نژاد" in own_page(journey)
    role_rests(journey.expert)
    page = own_page(journey)
    assert "محمدی‌نژاد" not in page
    assert LEFT in page
    assert "زمان قطعی است" not in page


LEAVINGS = [role_rests, account_is_closed, is_no_longer_staff]


@pytest.mark.parametrize("leave", LEAVINGS)
@pytest.mark.parametrize("status", ["proposed", "accepted"])
def test_no_page_asks_an_owner_for_a_time_at_which_nobody_comes(
    leave: Callable[[User], None], status: str
) -> None:
    journey = at_status(status)
    client = Client()
    client.force_login(journey.owner)
    slot, number = journey.request.slots.get(), journey.request.number
    confirm = reverse("inspections:slot_confirm", args=[slot.pk])
    leave(journey.expert)
    for page in (own_page(journey), shown(client, "/places/"), shown(client, "/history/")):
        assert LEFT in page
        assert confirm not in page
        assert "محمدی‌نژاد" not in page
        for name, verb in (("withdraw", "withdraw"), ("another_time", "reschedule")):
            way_out = reverse(f"inspections:{name}", args=[number])
            assert way_out not in page or workflow.allows(journey.fresh(), verb)
    assert "زمان بازدید" not in shown(client, reverse("inspections:request_sheet", args=[number]))
    assert client.get(reverse("inspections:visit_ics", args=[number])).status_code == 404


@pytest.mark.parametrize("leave", LEAVINGS)
def test_a_time_at_which_nobody_comes_is_not_confirmed(leave: Callable[[User], None]) -> None:
    journey = at_status("proposed")
    client = Client()
    client.force_login(journey.owner)
    confirm = reverse("inspections:slot_confirm", args=[journey.request.slots.get().pk])
    leave(journey.expert)
    for answer in (client.get(confirm), client.post(confirm, {"answer": "yes"})):
        assert answer.status_code == 409
        assert "کارشناس این نوبت دیگر نمی‌آید" in answer.content.decode()
    assert journey.fresh().status == "proposed"


def test_nobody_is_reminded_of_a_time_at_which_nobody_comes() -> None:
    journey = at_status("proposed")
    clock.move_to(clock.now() + timedelta(days=1))
    role_rests(journey.expert)
    assert reminders.remind_of_proposals() == 0
    StaffAssignment.objects.update(active=True)
    assert reminders.remind_of_proposals() == 1
    workflow.confirm_time(journey.request.slots.get().pk, journey.owner)
    clock.move_to(journey.request.slots.get().starts_at - timedelta(days=1))
    role_rests(journey.expert)
    assert reminders.remind_of_tomorrow() == 0
    StaffAssignment.objects.update(active=True)
    assert reminders.remind_of_tomorrow() == 1


def test_a_visit_that_has_come_stands_as_it_is_whoever_left() -> None:
    """Whether he came the owner says; the way to say it stays."""
    journey = at_status("accepted")
    role_rests(journey.expert)
    clock.move_to(journey.request.slots.get().starts_at + timedelta(minutes=1))
    assert LEFT not in own_page(journey)


def test_the_time_of_who_left_is_taken_back_not_moved() -> None:
    journey = at_status("accepted")
    manager = manager_of(journey)
    page = reverse("admin:inspections_visitrequest_change", args=[journey.request.pk])
    assert "تغییر زمان بازدید" in shown(manager, page)
    role_rests(journey.expert)
    assert "تغییر زمان بازدید" not in shown(manager, page)
    assert "پس گرفتن زمان بازدید" in shown(manager, page)


@pytest.mark.parametrize("leave", LEAVINGS)
def test_a_time_that_is_taken_back_from_who_left_makes_the_request_nobodys(
    leave: Callable[[User], None],
) -> None:
    journey = at_status("accepted")
    leave(journey.expert)
    manager = manager_of(journey)
    workflow.reschedule(journey.request.pk, journey.manager, "کارشناس دیگر همکاری نمی‌کند")
    assert journey.fresh().assigned_expert is None
    assert journey.place.title in shown(manager, "/office/inspections/visitrequest/unassigned/")
    assert BUTTON not in shown(manager, "/office/")


def test_a_time_that_is_taken_back_from_who_works_there_leaves_the_request_to_him() -> None:
    journey = at_status("accepted")
    workflow.reschedule(journey.request.pk, journey.manager, "خودرو خراب شد")
    assert journey.fresh().assigned_expert == journey.expert


def test_the_laboratory_gives_it_on() -> None:
    journey = at_status("accepted")
    role_rests(journey.expert)
    other = make_expert(journey.place.laboratory, "reza")
    workflow.reschedule(journey.request.pk, journey.manager, "کارشناس دیگر همکاری نمی‌کند")
    workflow.assign(journey.request.pk, other, journey.manager)
    assert journey.fresh().assigned_expert == other
    assert BUTTON not in shown(manager_of(journey), "/office/")
