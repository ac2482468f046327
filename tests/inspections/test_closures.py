"""A province is closed on a day: whose visits it touches, and how they are taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from accounts.models import Role
from inspections import workflow
from inspections.models import Closure, ClosureMove, RequestEvent, SlotState, VisitSlot
from inspections.visits import closing
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.jobs import run_now
from tests.inspections.journey import Journey, at_status
from tests.make import make_city, make_laboratory, make_place, make_province
from tests.people import make_expert, make_owner, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
PAGES = "/office/inspections/closure/"
JOB = "inspections.move_closed_days"


def closed(journey: Journey, **fields: Any) -> Closure:
    day = clock.in_tehran(journey.usual_time()).date()
    values = {"day": day, "province": make_province(), "reason": "آلودگی هوا"}
    return Closure.objects.create(**(values | fields))


def another_visit(
    journey: Journey, hour: int, *, title: str = "کافه نگار", days: int = 0
) -> VisitSlot:
    """A second visit of the same owner and expert on that day, confirmed."""
    visit = workflow.open_request(make_place(journey.owner, title), journey.owner)
    workflow.mark_paid([visit.pk], paid_at=clock.now())
    starts = journey.usual_time().replace(hour=hour) + timedelta(days=days)
    slot = workflow.propose_time(
        visit.pk, journey.expert, starts, journey.expert, "به خواست صاحب محل"
    )
    return workflow.confirm_time(slot.pk, journey.owner)


def told(event: str) -> int:
    return SmsMessage.objects.filter(event=event).count()


def with_numbers(journey: Journey) -> Journey:
    journey.expert.mobile = "09125550000"
    journey.expert.save(update_fields=["mobile"])
    return journey


def test_first_the_visits_are_shown_then_on_confirmation_all_are_taken_back_and_each_is_told_once() -> (
    None
):
    journey = with_numbers(at_status("accepted"))
    other_day = another_visit(journey, 10, title="فردا", days=1)
    another_visit(journey, 11)
    client = office_client(make_staff(Role.MANAGER))
    sent = {"day": "۱۴۰۳/۰۱/۲۷", "province": make_province().pk, "reason": "آلودگی هوا"}
    page = client.post(f"{PAGES}add/", sent, follow=True)
    html = page.content.decode()
    assert "به ۲ بازدید می‌خورد" in html
    assert "کافه نگار" in html
    assert "فردا –" not in html
    run_now(JOB)
    assert journey.status == "accepted", "nothing moves before it is confirmed"
    address = page.redirect_chain[-1][0]
    client.post(address)
    for _again in range(2):
        run_now(JOB)
    assert journey.status == "scheduling"
    assert ClosureMove.objects.filter(moved=True).count() == 2
    other_day.refresh_from_db()
    assert other_day.state == SlotState.ACCEPTED
    assert told("visit.day_closed") == told("work.day_closed") == 1
    assert told("visit.moved") == 0
    assert Notice.objects.get(event="visit.day_closed").body.count("آلودگی هوا") == 1
    event = RequestEvent.objects.get(request=journey.request, verb="close_day")
    assert event.reason == "آلودگی هوا"
    assert "برداشته‌شده" in client.get(address).content.decode()


def test_a_worker_that_dies_half_way_is_followed_by_one_that_finishes(monkeypatch: Any) -> None:
    journey = with_numbers(at_status("accepted"))
    for hour in (9, 11, 13):
        another_visit(journey, hour, title=f"شعبه {hour}")
    closure = closing.confirm(closed(journey).pk, journey.manager)
    monkeypatch.setattr(closing, "BATCH", 3)
    real, calls = closing.telling_experts.day_closed, []

    def die_at_the_second(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(closing.telling_experts, "day_closed", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run_now(JOB)
    assert closing.left(closure).count() == 3
    run_now(JOB)
    run_now(JOB)
    assert closing.left(closure).count() == 0
    assert ClosureMove.objects.filter(moved=True).count() == 4
    assert told("visit.day_closed") == told("work.day_closed") == 1


def test_one_that_cannot_be_moved_stops_no_other_is_shown_with_its_reason_and_tried_again(
    monkeypatch: Any,
) -> None:
    journey = at_status("accepted")
    other = another_visit(journey, 11)
    closure = closing.confirm(closed(journey).pk, journey.manager)
    real = workflow.close_day

    def fail_for_the_first(slot_id: int, *args: Any) -> Any:
        if slot_id != other.pk:
            raise DatabaseError("deadlock")
        return real(slot_id, *args)

    monkeypatch.setattr(workflow, "close_day", fail_for_the_first)
    run_now(JOB)
    other.refresh_from_db()
    assert other.state == SlotState.WITHDRAWN
    page = (
        office_client(make_staff(Role.MANAGER)).get(f"{PAGES}{closure.pk}/visits/").content.decode()
    )
    assert "ثبت نشد؛ دوباره امتحان می‌شود" in page
    monkeypatch.setattr(workflow, "close_day", real)
    run_now(JOB)
    assert journey.status == "accepted", "it rests for some minutes"
    clock.move_to(clock.now() + timedelta(minutes=11))
    run_now(JOB)
    assert journey.status == "scheduling"
    assert not ClosureMove.objects.filter(moved=False).exists()


def test_other_provinces_begun_visits_and_times_meant_for_the_closed_day_stay() -> None:
    journey = at_status("accepted")
    fars = make_city("شیراز", make_province("فارس", "17", "071"))
    far_owner = make_owner("09170000000")
    far = workflow.open_request(
        make_place(
            far_owner, "شیراز", city=fars, laboratory=make_laboratory("آزمایشگاه پارس", fars)
        ),
        far_owner,
    )
    workflow.mark_paid([far.pk], paid_at=clock.now())
    expert = make_expert(far.laboratory, "far")
    workflow.propose_time(far.pk, expert, journey.usual_time(), expert)
    closure = closing.confirm(closed(journey).pk, journey.manager)
    clock.move_to(clock.now() + timedelta(minutes=1))
    meant = another_visit(journey, 18)
    clock.move_to(journey.request.slots.get().starts_at + timedelta(minutes=5))
    run_now(JOB)
    far.refresh_from_db()
    meant.refresh_from_db()
    assert (far.status, meant.state, journey.status) == ("proposed", "accepted", "accepted")
    assert closure.moves.count() == 0


def test_removing_a_closure_says_what_it_does_not_undo() -> None:
    journey = at_status("accepted")
    client = office_client(make_staff(Role.MANAGER))

    def remove(closure: Closure) -> str:
        assert client.get(f"{PAGES}{closure.pk}/delete/").status_code == 200
        return client.post(
            f"{PAGES}{closure.pk}/delete/", {"post": "yes"}, follow=True
        ).content.decode()

    assert "بازدیدی جابه‌جا نشده بود" in remove(closed(journey))
    assert journey.status == "accepted"
    closure = closing.confirm(closed(journey).pk, journey.manager)
    run_now(JOB)
    assert "۱ بازدید به علت این تعطیلی برداشته شده بود" in remove(closure)
    assert journey.status == "scheduling"
    assert run_now(JOB) is None


def test_a_closure_is_confirmed_once_not_when_it_is_over_and_stays_where_it_is() -> None:
    journey = at_status("accepted")
    closure = closed(journey)
    client = office_client(make_staff(Role.MANAGER))
    for words in ("پیامک می‌رود", "پیش‌تر تأیید شده"):
        assert words in client.post(f"{PAGES}{closure.pk}/visits/", follow=True).content.decode()
    assert 'name="day"' not in client.get(f"{PAGES}{closure.pk}/change/").content.decode()
    old = closed(journey, day=date(2024, 4, 1))
    with pytest.raises(workflow.NotAllowed):
        closing.confirm(old.pk, journey.manager)
