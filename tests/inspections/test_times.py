"""Visit times: what is refused, what a reason lets pass, what lapses, who is reminded once."""

from datetime import datetime, timedelta

import pytest

from inspections import workflow
from inspections.models import Closure, ExpertLeave, Holiday, SlotState, VisitSlot
from inspections.visits import reminders
from notifications.models import SmsMessage
from septam import clock
from septam.clock import TEHRAN
from tests.inspections.journey import START, Journey
from tests.make import make_place
from tests.people import make_expert, make_owner

pytestmark = pytest.mark.usefixtures("at_start")


@pytest.fixture
def journey(at_start: None) -> Journey:
    """A paid request, waiting for a time."""
    journey = Journey()
    journey.pay()
    return journey


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in April 2024 (Tehran); the 13th is a Saturday."""
    return datetime(2024, 4, day, hour, minute, tzinfo=TEHRAN)


def refusal_of(journey: Journey, starts_at: datetime) -> str:
    with pytest.raises(workflow.TimeRefused) as refusal:
        journey.propose(starts_at)
    assert journey.status == "scheduling"
    return refusal.value.reason


def test_a_time_in_the_past_is_refused_whatever_the_reason(journey: Journey) -> None:
    with pytest.raises(workflow.PastTime):
        workflow.propose_time(
            journey.request.pk, journey.expert, at(13, 9), journey.expert, "ضروری"
        )


def test_a_time_far_ahead_is_a_slip_of_the_pen_whatever_the_reason(journey: Journey) -> None:
    far = datetime(2071, 4, 15, 15, tzinfo=TEHRAN)
    with pytest.raises(workflow.NotAllowed, match="سال و ماه"):
        workflow.propose_time(journey.request.pk, journey.expert, far, journey.expert, "ضروری")
    assert journey.status == "scheduling"


def test_a_naive_moment_is_refused(journey: Journey) -> None:
    with pytest.raises(ValueError, match="naive"):
        journey.propose(datetime(2024, 4, 15, 15))  # noqa: DTZ001


@pytest.mark.parametrize(("hour", "minute"), [(7, 59), (18, 31), (22, 0), (0, 30)])
def test_visits_stay_within_working_hours(journey: Journey, hour: int, minute: int) -> None:
    assert "میان ساعت ۸ و ۲۰" in refusal_of(journey, at(15, hour, minute))


@pytest.mark.parametrize(("hour", "minute"), [(8, 0), (18, 30)])
def test_the_first_and_last_hours_of_the_day_are_good(
    journey: Journey, hour: int, minute: int
) -> None:
    assert journey.propose(at(15, hour, minute)).state == SlotState.PROPOSED


def test_friday_is_refused(journey: Journey) -> None:
    assert "جمعه" in refusal_of(journey, at(19, 15))


def test_an_official_holiday_is_refused_by_its_name(journey: Journey) -> None:
    Holiday.objects.create(day=at(15, 15).date(), name="عید نمونه")
    assert "عید نمونه" in refusal_of(journey, at(15, 15))


def test_a_closure_counts_in_its_province_only(journey: Journey) -> None:
    from tests.make import make_province

    Closure.objects.create(
        day=at(15, 15).date(), province=make_province("البرز", "05", "026"), reason="برف"
    )
    assert journey.propose(at(15, 15)).pk
    workflow.reschedule(journey.request.pk, journey.manager, "")
    Closure.objects.create(
        day=at(16, 15).date(), province=journey.request.province, reason="آلودگی هوا"
    )
    assert "آلودگی هوا" in refusal_of(journey, at(16, 15))


@pytest.mark.parametrize("day", [14, 15, 16])
def test_an_experts_leave_is_refused_on_each_of_its_days(journey: Journey, day: int) -> None:
    ExpertLeave.objects.create(
        expert=journey.expert, first_day=at(14, 0).date(), last_day=at(16, 0).date()
    )
    assert "مرخصی" in refusal_of(journey, at(day, 15))


def test_a_reason_lets_everything_pass_but_the_past_and_another_visit(journey: Journey) -> None:
    Holiday.objects.create(day=at(19, 15).date(), name="عید نمونه")
    slot = workflow.propose_time(
        journey.request.pk, journey.expert, at(19, 21), journey.expert, "خواست مالک"
    )
    assert slot.override_reason == "خواست مالک"


def second_request(journey: Journey) -> int:
    other = make_owner("09351112233", name="نگار صادقی")
    request = workflow.open_request(make_place(other, "کافه نگار"), other)
    workflow.mark_paid([request.pk], paid_at=clock.now())
    return request.pk


@pytest.mark.parametrize("minutes", [-119, -30, 0, 119])
def test_an_expert_is_not_booked_twice_the_way_included(journey: Journey, minutes: int) -> None:
    journey.propose(at(15, 15))
    other = second_request(journey)
    start = at(15, 15) + timedelta(minutes=minutes)
    with pytest.raises(workflow.DoubleBooked, match="بازدید دیگری دارد"):
        workflow.propose_time(other, journey.expert, start, journey.expert, "با دلیل هم نه")


def test_the_next_visit_may_begin_when_the_way_ends(journey: Journey) -> None:
    journey.propose(at(15, 15))
    assert workflow.propose_time(
        second_request(journey), journey.expert, at(15, 17), journey.expert
    ).pk


def test_a_declined_time_is_free_again(journey: Journey) -> None:
    slot = journey.propose(at(15, 15))
    workflow.decline_time(slot.pk, journey.owner, "صبح‌ها")
    assert workflow.propose_time(
        second_request(journey), journey.expert, at(15, 15), journey.expert
    ).pk
    slot.refresh_from_db()
    assert (slot.state, slot.wish) == ("declined", "صبح‌ها")


def test_the_first_call_makes_the_request_the_experts(journey: Journey) -> None:
    workflow.log_call(journey.request.pk, journey.expert, "tried")
    colleague = make_expert(journey.request.laboratory, "colleague")
    assert journey.fresh().assigned_expert == journey.expert
    with pytest.raises(workflow.NotAllowed, match="بر عهده گرفته"):
        workflow.propose_time(journey.request.pk, colleague, at(15, 15), colleague)


def test_an_expert_of_another_laboratory_is_refused(journey: Journey) -> None:
    from tests.make import make_city, make_laboratory, make_province

    tabriz = make_city("تبریز", make_province("آذربایجان شرقی", "01", "041"))
    stranger = make_expert(make_laboratory("آزمایشگاه دیگر", tabriz))
    with pytest.raises(workflow.NotAllowed):
        workflow.log_call(journey.request.pk, stranger, "tried")
    with pytest.raises(workflow.NotAllowed):
        workflow.assign(journey.request.pk, stranger, journey.manager)


def test_a_place_for_women_is_visited_by_a_woman(journey: Journey) -> None:
    journey.place.women_only = True
    journey.place.save(update_fields=["women_only"])
    with pytest.raises(workflow.NotAllowed, match="بانوان"):
        journey.propose(at(15, 15))
    journey.expert.assignments.update(is_woman=True)
    assert journey.propose(at(15, 15)).pk


def test_unanswered_calls_are_told_and_after_three_the_owner_is_asked_for_an_hour(
    journey: Journey,
) -> None:
    for _ in range(4):
        workflow.log_call(journey.request.pk, journey.expert, "no_answer")
    told = ["call.no_answer", "call.no_answer", "call.name_hours", "call.no_answer"]
    sent = SmsMessage.objects.filter(event__startswith="call.").order_by("pk")
    assert list(sent.values_list("event", flat=True)) == told
    asked = journey.owner.notices.get(event="call.name_hours")
    assert asked.link == f"/requests/{journey.request.number}/hours/"


def test_proposing_and_confirming_send_the_texts_with_time_expert_and_code(
    journey: Journey,
) -> None:
    journey.confirm(journey.propose(at(15, 15)))
    code = journey.expert.assignments.get().code
    proposed = SmsMessage.objects.get(event="visit.proposed").text
    confirmed = SmsMessage.objects.get(event="visit.confirmed").text
    assert "دوشنبه ۲۷ فروردین ساعت ۳ بعدازظهر" in proposed
    assert "محمدی‌نژاد" in confirmed
    assert code in confirmed


def test_a_mobile_representative_hears_of_the_fixed_time_too(journey: Journey) -> None:
    journey.place.representative_phone = "09190001122"
    journey.place.save(update_fields=["representative_phone"])
    journey.confirm(journey.propose(at(15, 15)))
    assert SmsMessage.objects.get(event="visit.substitute").mobile == "09190001122"


def test_a_time_that_passed_can_no_longer_be_confirmed(journey: Journey) -> None:
    slot = journey.propose(at(15, 15))
    clock.move_to(at(15, 15, 1))
    with pytest.raises(workflow.NotAllowed, match="گذشته"):
        journey.confirm(slot)


def test_the_time_of_an_expert_who_left_is_not_confirmed(journey: Journey) -> None:
    slot = journey.propose()
    journey.expert.assignments.update(active=False)
    with pytest.raises(workflow.NotAllowed, match="دیگر نمی‌آید"):
        journey.confirm(slot)
    assert journey.status == "proposed"


def test_an_unanswered_proposal_lapses_when_its_time_passes_and_not_before(
    journey: Journey,
) -> None:
    slot = journey.propose(at(15, 15))
    assert workflow.lapse_proposals() == 0
    clock.move_to(at(15, 15, 1))
    assert workflow.lapse_proposals() == 1
    assert workflow.lapse_proposals() == 0
    slot.refresh_from_db()
    assert (journey.status, slot.state) == ("scheduling", "lapsed")


def test_another_time_can_be_asked_until_48_hours_before(journey: Journey) -> None:
    journey.confirm(journey.propose(at(17, 15)))
    clock.move_to(at(15, 15, 1))
    with pytest.raises(workflow.NotAllowed, match="۴۸ ساعت"):
        workflow.ask_another_time(journey.request.pk, journey.owner)
    clock.move_to(at(15, 14, 59))
    workflow.ask_another_time(journey.request.pk, journey.owner, "شنبه‌ها")
    assert journey.status == "scheduling"


def test_an_expert_cannot_be_reported_missing_before_the_time(journey: Journey) -> None:
    journey.confirm(journey.propose(at(15, 15)))
    with pytest.raises(workflow.NotAllowed):
        workflow.report_missed_visit(journey.request.pk, journey.owner)
    clock.move_to(at(15, 16, 30))
    workflow.report_missed_visit(journey.request.pk, journey.owner)
    assert journey.status == "scheduling"
    assert "کارشناس مراجعه نکرده است" in journey.request.standing


def test_rescheduling_by_the_laboratory_is_told_by_sms(journey: Journey) -> None:
    journey.confirm(journey.propose(at(15, 15)))
    workflow.reschedule(journey.request.pk, journey.manager, "بیماری کارشناس")
    assert "انجام نمی‌شود" in SmsMessage.objects.get(event="visit.moved").text
    assert VisitSlot.objects.get().state == SlotState.WITHDRAWN


def test_a_proposal_is_reminded_of_once_by_day(journey: Journey) -> None:
    journey.propose(at(17, 15))
    assert reminders.remind_of_proposals() == 0
    clock.move_to(START + timedelta(hours=13))
    assert reminders.remind_of_proposals() == 0, "not at night"
    clock.move_to(START + timedelta(days=1))
    assert reminders.remind_of_proposals() == 1
    assert reminders.remind_of_proposals() == 0
    assert "سه‌شنبه ۲۸ فروردین" in SmsMessage.objects.get(event="visit.proposal_reminder").text


def test_the_day_before_the_owner_is_reminded_once(journey: Journey) -> None:
    journey.confirm(journey.propose(at(15, 15)))
    assert reminders.remind_of_tomorrow() == 0
    clock.move_to(at(14, 9, 1))
    assert reminders.remind_of_tomorrow() == 1
    assert reminders.remind_of_tomorrow() == 0
    assert "ساعت ۳ بعدازظهر" in SmsMessage.objects.get(event="visit.tomorrow").text
