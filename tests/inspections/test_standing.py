"""What cards and pages say: next step, who acts, queue, timeline; and what staff may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import Role, StaffAssignment, User
from inspections import kinds, next_step, queue, reference, scope, standing, story, workflow
from inspections.models import (
    Criterion,
    Holiday,
    ResultRule,
    VisitRequest,
)
from septam import clock
from sites.place import PlaceState
from tests.inspections.journey import Journey, at_status
from tests.make import make_city, make_laboratory, make_place, make_province
from tests.people import make_owner, make_staff

pytestmark = pytest.mark.usefixtures("at_start")


def standing_of(journey: Journey) -> standing.Standing:
    return standing.of_places([journey.place])[0]


def history_rows(owner: User) -> list[VisitRequest]:
    return list(standing.history_of(owner))


@pytest.mark.parametrize(
    ("status", "label", "who", "main"),
    [
        ("in_cart", "در سبد خرید", "owner", "cart"),
        ("scheduling", "نوبت‌دهی", "expert", "request"),
        ("proposed", "در انتظار تأیید زمان", "owner", "slot_confirm"),
        ("accepted", "پذیرش در انتظار بازدید", "expert", "request"),
        ("visited", "بازدید شده، در انتظار نتیجه", "laboratory", "request"),
        ("certified", "گواهینامه صادر شده", "", "certificate"),
        ("nonconforming", "نیازمند رفع نقص", "owner", "request_visit"),
        ("no_show", "حضور نداشتن مسئول محل", "owner", "request_visit"),
        ("cancelled", "آماده ثبت درخواست", "owner", "request_visit"),
    ],
)
def test_each_status_says_its_label_who_acts_and_the_main_action(
    status: str, label: str, who: str, main: str
) -> None:
    step = standing_of(at_status(status)).next_step
    assert (step.label, step.who) == (label, who)
    assert [action.name for action in step.actions if action.main] == [main]


def test_an_incomplete_place_asks_to_be_completed() -> None:
    place = make_place(make_owner(), state=PlaceState.DRAFT)
    step = standing.of_places([place])[0].next_step
    assert (step.label, step.actions[0].text) == ("تکمیل نشده", "تکمیل اطلاعات محل")


def test_renewal_is_offered_from_sixty_days_before_the_end_and_after_it() -> None:
    journey = at_status("certified")
    end = journey.request.certificate.validity.upper
    clock.move_to(clock.now() + (end - clock.today()) - timedelta(days=30))
    assert standing_of(journey).next_step.actions[0].text == "تمدید گواهینامه"
    clock.move_to(clock.now() + timedelta(days=40))
    step = standing_of(journey).next_step
    assert (step.label, step.tone) == ("گواهینامه منقضی", "bad")


def test_after_its_last_day_no_revisit_is_offered_but_a_visit_at_the_full_fee() -> None:
    journey = at_status("nonconforming")
    last = kinds.revisit_until(journey.request)
    clock.move_to(clock.now() + (last - clock.today()))
    assert "درخواست بازدید مجدد" in [one.text for one in standing_of(journey).next_step.actions]
    clock.move_to(clock.now() + timedelta(days=1))
    (in_history,) = history_rows(journey.owner)
    for step in (standing_of(journey).next_step, standing.step_in_history(in_history, None)):
        assert "هزینه کامل" in step.text
        assert step.actions[0].text == "درخواست بازدید"


def test_in_the_history_a_visit_that_was_followed_leads_to_its_follower() -> None:
    journey = at_status("nonconforming")
    follower = workflow.open_request(journey.place, journey.owner)
    first = next(one for one in history_rows(journey.owner) if one.pk == journey.request.pk)
    (action,) = standing.step_in_history(first, None).actions
    assert follower.number in action.url
    workflow.take_out_of_cart(follower.pk, journey.owner, "removed")
    first = next(one for one in history_rows(journey.owner) if one.pk == journey.request.pk)
    step = standing.step_in_history(first, None)
    assert "درخواست بازدید مجدد" in [one.text for one in step.actions]


def test_the_day_that_the_report_names_holds_though_the_rule_became_shorter(
    settings: Settings,
) -> None:
    journey = at_status("nonconforming")
    settings.REVISIT_DAYS = 1
    clock.move_to(clock.now() + timedelta(days=3))
    (in_history,) = history_rows(journey.owner)
    for step in (standing_of(journey).next_step, standing.step_in_history(in_history, None)):
        assert step.actions[0].text == "درخواست بازدید مجدد"


def test_the_next_step_itself_asks_the_database_nothing() -> None:
    found = standing_of(at_status("accepted"))
    with CaptureQueriesContext(connection) as queries:
        next_step.of_place(found.place, found.request, found.certificate, found.slot, clock.now())
    assert len([q for q in queries if "clockoffset" not in q["sql"]]) == 0


def test_the_standing_of_many_places_takes_as_many_queries_as_that_of_one() -> None:
    owner = make_owner()
    places = [make_place(owner, f"شعبه {n}") for n in range(6)]
    for place in places:
        workflow.open_request(place, owner)
    now = clock.now()
    counts = []
    for some in (places[:1], places):
        with CaptureQueriesContext(connection) as queries:
            standing.of_places(some, now)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_history_is_empty_until_an_expert_acted() -> None:
    journey = at_status("scheduling")
    assert not standing.history_of(journey.owner)
    workflow.log_call(journey.request.pk, journey.expert, "no_answer")
    assert list(standing.history_of(journey.owner)) == [journey.request]


def test_the_timeline_tells_what_was_is_and_comes() -> None:
    journey = at_status("proposed")
    steps = story.of(journey.request)
    states = [step.state for step in steps]
    assert states == ["done"] * 3 + ["now"] + ["next"] * 3
    assert steps[0].title == "به سبد خرید افزوده شد"
    assert all(step.moment for step in steps if step.state == "done")


def test_a_final_request_has_nothing_to_come() -> None:
    states = [step.state for step in story.of(at_status("nonconforming").request)]
    assert set(states) == {"done", "failed"}
    assert states[-1] == "failed"


def test_the_offices_own_reasons_stay_out_of_the_owners_story() -> None:
    journey = at_status("visited")
    workflow.send_back(journey.request.report.pk, journey.manager, "محرمانه")
    assert "محرمانه" not in " ".join(step.text + step.title for step in story.of(journey.fresh()))


def test_the_queue_counts_those_who_paid_before() -> None:
    first, other = at_status("scheduling"), make_owner("09351112233", name="نگار صادقی")
    second = workflow.open_request(make_place(other, "کافه نگار"), other)
    assert queue.wait_of(second) is None
    workflow.mark_paid([second.pk], paid_at=clock.now() + timedelta(minutes=1))
    positions = [
        queue.wait_of(VisitRequest.objects.get(pk=pk)) for pk in (first.request.pk, second.pk)
    ]
    assert [wait.position for wait in positions if wait] == [1, 2]


def test_the_expected_time_needs_a_few_figures_and_rounds_up() -> None:
    assert queue.usual_days([timedelta(days=1)] * 4) == (None, None)
    assert queue.usual_days([timedelta(hours=h) for h in (2, 20, 30, 50, 100)]) == (2, 3)


def test_the_expected_time_is_of_the_last_weeks_and_of_first_proposals_alone() -> None:
    waiting, visits = at_status("scheduling"), []
    for number in range(5):
        owner = make_owner(f"0935111223{number}")
        visits.append(workflow.open_request(make_place(owner, f"کافه {number}"), owner))
        workflow.mark_paid([visits[-1].pk], paid_at=clock.now() - timedelta(hours=70))
    propose_and_lose(waiting, visits)
    clock.move_to(clock.now() + timedelta(days=30))
    propose_and_lose(waiting, visits)
    assert usual_of(waiting) == (3, 3)
    clock.move_to(clock.now() + timedelta(weeks=queue.WEEKS) - timedelta(days=30, hours=1))
    assert usual_of(waiting) == (3, 3)
    clock.move_to(clock.now() + timedelta(hours=2))
    assert usual_of(waiting) == (None, None)


def usual_of(journey: Journey) -> tuple[int | None, int | None]:
    wait = queue.wait_of(journey.request)
    assert wait is not None
    return wait.half_days, wait.most_days


def propose_and_lose(journey: Journey, visits: list[VisitRequest]) -> None:
    """To each owner a time on a day of its own, which is declined."""
    for days, visit in enumerate(visits):
        time = journey.usual_time() + timedelta(days=days)
        slot = workflow.propose_time(
            visit.pk, journey.expert, time, journey.expert, "وقت دیگری نیست"
        )
        workflow.decline_time(slot.pk, slot.request.owner)


def test_criteria_and_holidays_load_once() -> None:
    assert reference.load_criteria() == 1 + 23 + 4
    assert reference.load_holidays() > 100
    assert reference.load_special_hours() > 0
    assert reference.load_all() == 0
    assert (Criterion.objects.count(), ResultRule.objects.count()) == (23, 4)
    assert Holiday.objects.filter(is_sample=True).exists()


def visible(user: object) -> list[VisitRequest]:
    return list(scope.visible_to_staff(VisitRequest.objects.all(), user))  # type: ignore[arg-type]


def test_an_expert_sees_the_paid_requests_of_the_own_laboratory_only() -> None:
    journey = Journey()
    assert visible(journey.expert) == []
    journey.pay()
    assert visible(journey.expert) == [journey.request]
    tabriz = make_city("تبریز", make_province("آذربایجان شرقی", "01", "041"))
    assert visible(make_staff(Role.EXPERT, make_laboratory("آزمایشگاه دیگر", tabriz))) == []


def test_an_experts_coverage_is_provinces_or_cities_and_empty_means_all() -> None:
    journey = at_status("scheduling")
    mine = StaffAssignment.objects.get(user=journey.expert)
    mine.provinces.add(make_province("البرز", "05", "026"))
    assert visible(journey.expert) == []
    mine.cities.add(journey.request.city)
    assert visible(journey.expert) == [journey.request]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER])
def test_the_office_sees_every_request(role: Role) -> None:
    journey = Journey()
    assert visible(make_staff(role)) == [journey.request]


def test_a_manager_sees_the_laboratorys_requests_and_owners_or_closed_accounts_none() -> None:
    journey = Journey()
    manager = make_staff(Role.LAB_MANAGER, journey.request.laboratory)
    assert visible(manager) == [journey.request]
    manager.is_active = False
    assert visible(manager) == []
    assert visible(journey.owner) == []


def test_the_substitutes_phone_goes_before_the_registered_mobile() -> None:
    journey = Journey()
    assert scope.phone_for_visit(journey.request) == journey.owner.mobile
    journey.owner.profile.coordination_phone = "09190001122"
    journey.owner.profile.save(update_fields=["coordination_phone"])
    fresh = VisitRequest.objects.get(pk=journey.request.pk)
    assert scope.phone_for_visit(fresh) == "09190001122"
