"""A laboratory falls away: its waiting owners choose another, and its experts act no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, StaffAssignment
from billing import orders, payments
from billing.cart import cart_of
from billing.models import Order
from billing.transfers import matching, proformas
from inspections import workflow
from inspections.laboratories import choice as laboratory_choice
from inspections.models import RequestEvent, VisitSlot
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.jobs import run_now
from sites.models import Coverage, Laboratory, Place
from tests.billing.bank import GATEWAY
from tests.billing.transfers import make_finance, make_report, make_transfer
from tests.inspections.journey import Journey, at_status
from tests.make import make_laboratory, make_place
from tests.people import make_expert, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
JOB = "inspections.offer_laboratories"


def suspend(journey: Journey) -> None:
    Laboratory.objects.filter(pk=journey.place.laboratory_id).update(active=False)


def licence_ran_out(journey: Journey) -> None:
    yesterday = clock.today() - timedelta(days=1)
    Laboratory.objects.filter(pk=journey.place.laboratory_id).update(licence_until=yesterday)


def coverage_was_taken(journey: Journey) -> None:
    Coverage.objects.filter(laboratory=journey.place.laboratory_id).delete()


def women_only(journey: Journey) -> None:
    Place.objects.filter(pk=journey.place.pk).update(women_only=True)


def page_of(journey: Journey) -> str:
    return reverse("inspections:choose_laboratory", args=[journey.request.number])


def owner_of(journey: Journey) -> Client:
    client = Client()
    client.force_login(journey.owner)
    return client


@pytest.mark.parametrize("fall", [suspend, licence_ran_out, coverage_was_taken, women_only])
@pytest.mark.parametrize("status", ["scheduling", "proposed", "accepted"])
def test_owners_are_told_once_times_are_taken_back_and_the_experts_act_no_more(
    fall: Callable[[Journey], None], status: str
) -> None:
    journey = at_status(status)
    fall(journey)
    for _again in range(2):
        run_now(JOB)
    assert journey.status == "scheduling"
    assert not VisitSlot.objects.filter(state__in=("proposed", "accepted")).exists()
    assert SmsMessage.objects.filter(event="request.new_laboratory").count() == 1
    assert Notice.objects.get(event="request.new_laboratory").link == page_of(journey)
    assert SmsMessage.objects.filter(event="visit.moved").count() == (status != "scheduling")
    with pytest.raises(workflow.NotAllowed):
        journey.propose()
    page = owner_of(journey).get(f"/requests/{journey.request.number}/").content.decode()
    assert "انتخاب آزمایشگاه دیگر" in page


def test_the_owner_chooses_another_laboratory_which_then_visits_in_the_old_turn() -> None:
    journey = at_status("accepted")
    paid_at = journey.request.paid_at
    suspend(journey)
    other = make_laboratory("آزمایشگاه پارسه")
    run_now(JOB)
    page = owner_of(journey).get(page_of(journey)).content.decode()
    assert "پارسه" in page
    assert "آزمایشگاه آتن" not in page
    wrong = owner_of(journey).post(
        page_of(journey), {"answer": "yes", "laboratory": journey.request.laboratory_id}
    )
    assert "یکی از فهرست" in wrong.content.decode()
    done = owner_of(journey).post(
        page_of(journey), {"answer": "yes", "laboratory": other.pk}, follow=True
    )
    assert "آزمایشگاه تازه برای هماهنگی" in done.content.decode()
    request = journey.fresh()
    assert (request.laboratory, request.paid_at) == (other, paid_at)
    assert request.snapshot["laboratory_id"] == other.pk
    journey.place.refresh_from_db()
    assert journey.place.laboratory == other
    assert RequestEvent.objects.get(verb="change_laboratory").reason == "آزمایشگاه پارسه"
    expert = make_expert(other, "new")
    workflow.propose_time(request.pk, expert, journey.usual_time(), expert)
    again = owner_of(journey).post(page_of(journey), {"answer": "yes", "laboratory": other.pk})
    assert again.status_code == 409


def test_where_nobody_else_serves_the_owner_reads_what_is_possible_and_gets_everything_back(
    settings: Any,
) -> None:
    settings.WITHDRAWAL_DEDUCTION_PERCENT = 10
    journey = at_status("scheduling")
    suspend(journey)
    run_now(JOB)
    assert (
        "آزمایشگاه دیگری در این شهر کار نمی‌کند"
        in owner_of(journey).get(page_of(journey)).content.decode()
    )
    address = reverse("inspections:withdraw", args=[journey.request.number])
    assert "همه هزینه بازگردانده می‌شود" in owner_of(journey).get(address).content.decode()
    owner_of(journey).post(address, {"answer": "yes"})
    assert journey.status == "cancelled"
    assert journey.request.reason == "withdrawn", "as what it is: the owner gave up"
    assert journey.request.standing == "انصراف متقاضی"


def test_a_laboratory_that_is_there_again_keeps_its_requests() -> None:
    journey = at_status("proposed")
    suspend(journey)
    run_now(JOB)
    Laboratory.objects.update(active=True)
    run_now(JOB)
    assert journey.fresh().new_laboratory_since is None
    assert Notice.objects.filter(event="request.laboratory_settled").count() == 1
    journey.propose()


def test_only_a_laboratory_with_a_woman_expert_is_offered_for_a_place_for_women() -> None:
    journey = at_status("scheduling")
    women_only(journey)
    make_expert(make_laboratory("آزمایشگاه پارسه"), "man")
    woman = make_expert(make_laboratory("آزمایشگاه نسترن"), "woman")
    StaffAssignment.objects.filter(user=woman).update(is_woman=True)
    run_now(JOB)
    assert [one.name for one in laboratory_choice.offered(journey.fresh())] == ["آزمایشگاه نسترن"]
    manager = make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss")
    page = (
        office_client(manager).get("/office/inspections/visitrequest/unassigned/").content.decode()
    )
    assert "آزمایشگاه کارشناس خانم ندارد" in page
    own = StaffAssignment.objects.filter(user=journey.expert)
    own.update(is_woman=True)
    run_now(JOB)
    workflow.log_call(journey.request.pk, journey.expert, "agreed")


def test_a_visit_whose_time_has_come_is_left_to_its_report_and_visited_ones_to_their_laboratory() -> (
    None
):
    journey = at_status("accepted")
    suspend(journey)
    clock.move_to(journey.request.slots.get().starts_at + timedelta(minutes=5))
    run_now(JOB)
    assert journey.status == "accepted"
    workflow.submit_report(journey.draft().pk, journey.expert)
    run_now(JOB)
    assert journey.status == "visited"


def test_a_suspended_laboratory_ends_what_it_had_begun_and_begins_nothing_and_its_pages_say_so() -> (
    None
):
    journey, told = at_status("accepted"), "بازدید تازه‌ای ندارد"
    day, given = (f"/office/inspections/visitrequest/{page}/" for page in ("today", "unassigned"))
    boss = make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss")
    expert, manager = office_client(journey.expert), office_client(boss)
    assert told not in expert.get(day).content.decode() + manager.get(given).content.decode()
    other = workflow.open_request(make_place(journey.owner, "شعبه دوم"), journey.owner)
    workflow.mark_paid([other.pk], paid_at=clock.now())
    clock.move_to(journey.request.slots.get().starts_at + timedelta(minutes=5))
    suspend(journey)
    assert told in expert.get(day).content.decode()
    assert told in manager.get(given).content.decode()
    for begin in (
        lambda: workflow.log_call(other.pk, journey.expert, "agreed"),
        lambda: workflow.assign(other.pk, journey.expert, journey.manager),
        lambda: workflow.propose_time(
            other.pk, journey.expert, journey.usual_time(), journey.expert
        ),
    ):
        with pytest.raises(workflow.NotAllowed, match="این شهر"):
            begin()
    report = workflow.submit_report(journey.draft().pk, journey.expert)
    workflow.send_back(report.pk, journey.manager, "عکس ندارد")
    workflow.submit_report(report.pk, journey.expert)
    workflow.endorse(report.pk, journey.manager)
    assert journey.status == "certified"


def test_a_time_of_a_laboratory_that_just_fell_away_is_not_confirmed() -> None:
    journey = at_status("proposed")
    suspend(journey)
    with pytest.raises(workflow.NotAllowed, match="دیگر نمی‌تواند"):
        workflow.confirm_time(journey.request.slots.get().pk, journey.owner)
    assert journey.status == "proposed"


@pytest.mark.parametrize("fall", [suspend, licence_ran_out])
def test_no_visit_of_a_laboratory_that_visits_nobody_is_asked_for(
    fall: Callable[[Journey], None],
) -> None:
    journey = at_status("cancelled")
    fall(journey)
    with pytest.raises(workflow.NotAllowed, match="آزمایشگاه دیگری"):
        workflow.open_request(journey.place, journey.owner)
    page = reverse("inspections:request_visit", args=[journey.place.pk])
    for answer in (owner_of(journey).get(page), owner_of(journey).post(page, {"answer": "yes"})):
        assert "اکنون بازدیدی نمی‌پذیرد" in answer.content.decode()
        assert reverse("sites:place_edit", args=[journey.place.pk]) in answer.content.decode()


def test_what_stands_in_the_cart_is_not_sold_once_its_laboratory_visits_nobody() -> None:
    journey = at_status("in_cart")
    total = cart_of(journey.owner).payable_rial
    suspend(journey)
    assert not cart_of(journey.owner).is_ready
    with pytest.raises(orders.CartNotReady):
        orders.checkout(journey.owner, total)
    assert "اکنون بازدیدی نمی‌پذیرد" in owner_of(journey).get("/cart/").content.decode()
    other = make_laboratory("آزمایشگاه پارسه")
    Place.objects.filter(pk=journey.place.pk).update(laboratory=other)
    assert cart_of(journey.owner).is_ready


def order_of(journey: Journey) -> Order:
    return orders.checkout(journey.owner, cart_of(journey.owner).payable_rial)


@pytest.mark.parametrize("fall", [suspend, licence_ran_out])
def test_an_order_of_a_laboratory_that_visits_nobody_takes_no_card_and_gives_no_proforma(
    fall: Callable[[Journey], None],
) -> None:
    journey = at_status("in_cart")
    order = order_of(journey)
    fall(journey)
    with pytest.raises(payments.CannotStart):
        payments.start(order, GATEWAY)
    with pytest.raises(proformas.NotPossible):
        proformas.ask(journey.owner, order.number)
    page = owner_of(journey).get(f"/orders/{order.number}/").content.decode()
    assert "اکنون بازدیدی نمی‌پذیرد" in page
    assert "برای این محل آزمایشگاه دیگری انتخاب کنید و سپس" in page
    assert 'name="gateway"' not in page


def test_the_proforma_of_a_laboratory_that_visits_nobody_takes_no_card_and_warns_of_a_transfer() -> (
    None
):
    journey = at_status("in_cart")
    order = order_of(journey)
    proformas.ask(journey.owner, order.number)
    suspend(journey)
    with pytest.raises(payments.CannotStart):
        payments.start(order, GATEWAY)
    pages = (f"/orders/{order.number}/", f"/orders/{order.number}/proforma/")
    for page in pages:
        assert "از این پیش‌فاکتور انصراف دهید" in owner_of(journey).get(page).content.decode()
    report = make_report(order, order.payable_rial)
    for page in pages:
        assert "منتظر نتیجه مبلغی که پرداخته‌اید" in owner_of(journey).get(page).content.decode()
    matching.reject(report.pk, make_finance(), "نیست")
    proformas.withdraw(journey.owner, order.number)
    assert "اکنون بازدیدی نمی‌پذیرد" in owner_of(journey).get("/cart/").content.decode()


def test_money_that_came_for_such_a_proforma_is_taken_and_its_owner_chooses_anew() -> None:
    journey = at_status("in_cart")
    order = order_of(journey)
    proformas.ask(journey.owner, order.number)
    suspend(journey)
    paid = matching.match(make_transfer(order.payable_rial).pk, order.number, make_finance())
    assert paid.state == "paid"
    run_now(JOB)
    assert page_of(journey) in owner_of(journey).get("/places/").content.decode()


def test_an_owner_of_many_places_gets_one_sms_and_the_office_sees_how_many_wait() -> None:
    journey = at_status("scheduling")
    for number in range(3):
        visit = workflow.open_request(make_place(journey.owner, f"شعبه {number}"), journey.owner)
        workflow.mark_paid([visit.pk], paid_at=clock.now())
    suspend(journey)
    run_now(JOB)
    assert SmsMessage.objects.filter(event="request.new_laboratory").count() == 1
    assert Notice.objects.filter(event="request.new_laboratory").count() == 4
    support = office_client(make_staff(Role.SUPPORT))
    assert "۴ درخواست پرداخت‌شده در انتظار انتخاب" in support.get("/office/").content.decode()
    listed = support.get("/office/inspections/visitrequest/?work=laboratory").content.decode()
    assert "شعبه 2" in listed


def test_another_owners_request_and_one_with_a_laboratory_cannot_be_moved() -> None:
    journey = at_status("scheduling")
    other = make_laboratory("آزمایشگاه پارسه")
    with pytest.raises(workflow.NotAllowed):
        workflow.change_laboratory(journey.request.pk, journey.owner, other.pk)
    assert Client().get(page_of(journey)).status_code == 302
