"""Working hours, capacity, breaks and seasons; what the form of a time shows; two people at one request."""

from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from inspections import workflow
from inspections.models import ExpertLeave, ExpertPlan, Holiday, SlotState, SpecialHours, VisitSlot
from inspections.models.calendar import Weekday
from notifications.models import SmsMessage
from septam import clock, visit_settings
from septam.clock import TEHRAN
from septam.models import AuditEvent
from tests.inspections.journey import Journey, at_status
from tests.make import make_city, make_laboratory, make_place, make_province
from tests.people import make_expert, make_owner, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
LIST = "/office/inspections/visitrequest/"
PLANS = "/office/inspections/expertplan/"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in April 2024 (Tehran); the 13th is a Saturday, 25 Farvardin."""
    return datetime(2024, 4, day, hour, minute, tzinfo=TEHRAN)


def plan(expert: User, *, visits: int | None = None, **hours: tuple[int, int]) -> ExpertPlan:
    made = ExpertPlan.objects.create(expert=expert, visits_a_day=visits)
    for name, (opens, closes) in hours.items():
        made.hours.create(weekday=Weekday[name.upper()], opens=time(opens), closes=time(closes))
    return made


def another(owner: User, title: str = "کافه نگار") -> int:
    visit = workflow.open_request(make_place(owner, title), owner)
    workflow.mark_paid([visit.pk], paid_at=clock.now())
    return visit.pk


def refusal(journey: Journey, starts_at: datetime) -> str:
    with pytest.raises(workflow.TimeRefused) as refused:
        journey.propose(starts_at)
    return refused.value.reason


def asked(found: CaptureQueriesContext) -> int:
    """How many statements, without the clock's, which is read at most once a second."""
    return sum("clockoffset" not in query["sql"] for query in found.captured_queries)


def page_of(journey: Journey, step: str) -> str:
    return f"{LIST}{journey.request.pk}/{step}/"


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_an_experts_own_hours_and_weekdays_stand_in_place_of_the_usual_ones() -> None:
    journey = at_status("scheduling")
    plan(journey.expert, monday=(10, 14), tuesday=(7, 12))
    assert "از ۱۰ تا ۱۴" in refusal(journey, at(15, 15))
    assert "چهارشنبه کار نمی‌کند" in refusal(journey, at(17, 10))
    assert journey.propose(at(16, 7)).state == SlotState.PROPOSED


def test_a_full_day_is_refused_and_a_reason_lets_one_more_pass_and_stays_in_the_story() -> None:
    journey = at_status("scheduling")
    plan(journey.expert, visits=1, monday=(8, 20))
    workflow.propose_time(
        another(make_owner("09351112233")), journey.expert, at(15, 9), journey.expert
    )
    assert "ظرفیت" in refusal(journey, at(15, 15))
    workflow.propose_time(
        journey.request.pk, journey.expert, at(15, 15), journey.expert, "مسیر یکی است"
    )
    page = text(office_client(make_staff(Role.SUPPORT)), page_of(journey, "change"))
    assert page.count("مسیر یکی است") == 2, "beside the time and in the story"


def test_the_hours_of_a_season_narrow_everybodys_on_each_of_its_days() -> None:
    journey = at_status("scheduling")
    SpecialHours.objects.create(
        name="ماه رمضان", first_day=at(14, 0).date(), last_day=at(15, 0).date(), opens=time(9), closes=time(16)
    )  # fmt: skip
    assert "ماه رمضان" in refusal(journey, at(14, 8))
    assert "ماه رمضان" in refusal(journey, at(15, 15))
    assert journey.propose(at(16, 17)).pk


def test_a_visit_does_not_fall_into_a_break(settings) -> None:  # type: ignore[no-untyped-def]
    settings.VISIT_BREAKS = ((time(13), time(14)),)
    journey = at_status("scheduling")
    for hour, minute in ((12, 0), (13, 30)):
        assert "استراحت" in refusal(journey, at(15, hour, minute))
    assert journey.propose(at(15, 11, 30)).pk


class _Environment:
    def __init__(self, **values: str) -> None:
        self.values = values

    def str(self, name: str, default: str) -> str:
        return self.values.get(name, default)

    def list(self, name: str, default: list[str]) -> list[str]:
        return self.values[name].split(",") if name in self.values else default


def test_operators_write_hours_breaks_and_weekend_in_words() -> None:
    env = _Environment(
        SEPTAM_VISIT_HOURS="07:30-19:00", SEPTAM_VISIT_BREAKS="13:00-13:30", SEPTAM_WEEKEND="Thursday,friday"
    )  # fmt: skip
    assert visit_settings.hours(env) == (time(7, 30), time(19))  # type: ignore[arg-type]
    assert visit_settings.breaks(env) == ((time(13), time(13, 30)),)  # type: ignore[arg-type]
    assert visit_settings.weekend(env) == (3, 4)  # type: ignore[arg-type]
    for wrong in ({"SEPTAM_VISIT_HOURS": "20-8"}, {"SEPTAM_VISIT_HOURS": "20:00-08:00"}):
        with pytest.raises(ImproperlyConfigured):
            visit_settings.hours(_Environment(**wrong))  # type: ignore[arg-type]
    with pytest.raises(ImproperlyConfigured):
        visit_settings.weekend(_Environment(SEPTAM_WEEKEND="jomeh"))  # type: ignore[arg-type]


def test_the_form_shows_free_and_taken_hours_and_a_free_one_fills_it_in() -> None:
    journey = at_status("scheduling")
    Holiday.objects.create(day=at(16, 0).date(), name="عید نمونه")
    ExpertLeave.objects.create(
        expert=journey.expert, first_day=at(17, 0).date(), last_day=at(17, 0).date()
    )
    workflow.propose_time(
        another(make_owner("09351112233")), journey.expert, at(15, 15), journey.expert
    )
    client = office_client(journey.expert)
    page = text(client, page_of(journey, "propose") + "?from=1403/01/26&back=today")
    for shown in (
        "گرفته‌شده: ۱۵:۰۰ تا ۱۷:۰۰ – کافه نگار",
        "عید نمونه",
        "مرخصی",
        "تنها با نوشتن علت",
    ):
        assert shown in page
    free = "?day=1403%2F01%2F27&amp;hour={}"
    assert free.format("13%3A00") in page
    assert free.format("14%3A00") not in page, "the visit would not be over"
    assert free.format("17%3A00") in page, "the way ends then"
    chosen = client.get(
        page_of(journey, "propose"), {"day": "1403/01/27", "hour": "13:00", "back": "today"}
    )
    assert chosen.context["form"]["hour"].value() == "۱۳:۰۰"
    assert 'aria-current="true"' in chosen.content.decode()
    assert 'name="back" value="today"' in chosen.content.decode()


def test_the_hours_cost_the_same_queries_for_an_empty_week_and_for_a_full_one() -> None:
    journey = at_status("scheduling")
    client = office_client(journey.expert)
    workflow.propose_time(
        another(make_owner("09351112230")), journey.expert, at(14, 9), journey.expert
    )
    client.get(page_of(journey, "propose"))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(journey, "propose"))
    for number, hour in enumerate((9, 11, 13, 15)):
        owner = make_owner(f"0935111224{number}")
        workflow.propose_time(
            another(owner, f"شعبه {number}"), journey.expert, at(15, hour), journey.expert
        )
    with CaptureQueriesContext(connection) as many:
        assert "شعبه 3" in text(client, page_of(journey, "propose"))
    assert asked(many) == asked(few)


def propose(client: Client, journey: Journey, step: str = "propose", **more: object):  # type: ignore[no-untyped-def]
    typed = {"day": "۱۴۰۳/۰۱/۲۷", "hour": "۱۵", **more}
    return client.post(page_of(journey, step), typed)


def test_a_double_booking_names_the_other_visit_to_whom_it_is_visible() -> None:
    journey = at_status("scheduling")
    other = another(make_owner("09351112233"))
    workflow.propose_time(other, journey.expert, at(15, 14), journey.expert)
    said = propose(office_client(journey.expert), journey).context["form"].errors["hour"][0]
    assert "«کافه نگار»" in said
    assert "از ساعت ۲ بعد از ظهر تا ساعت ۴ بعد از ظهر" in said


def test_a_visit_of_another_laboratory_is_named_by_its_hours_alone() -> None:
    journey = at_status("scheduling")
    far = make_city("شیراز", make_province("فارس", "17", "071"))
    elsewhere = make_laboratory("آزمایشگاه دیگر", far)
    journey.expert.assignments.create(role=Role.EXPERT, laboratory=elsewhere, code="777")
    owner = make_owner("09351112233")
    place = make_place(owner, "کافه شیراز", city=far, laboratory=elsewhere)
    visit = workflow.open_request(place, owner)
    workflow.mark_paid([visit.pk], paid_at=clock.now())
    workflow.propose_time(visit.pk, journey.expert, at(15, 14), journey.expert)
    manager = make_staff(Role.LAB_MANAGER, journey.place.laboratory)
    workflow.assign(journey.request.pk, journey.expert, manager)
    answer = propose(office_client(manager), journey)
    assert "از ساعت ۲ بعد از ظهر" in answer.context["form"].errors["hour"][0]
    assert "کافه شیراز" not in answer.content.decode()
    assert "بازدید دیگر" in answer.content.decode()


def test_a_form_that_others_overtook_changes_nothing_and_says_who_did_what() -> None:
    journey = at_status("proposed")
    client = office_client(journey.expert)
    seen = client.get(page_of(journey, "reschedule")).context["form"].seen_now
    workflow.reschedule(journey.request.pk, journey.manager, "بیماری")
    workflow.propose_time(journey.request.pk, journey.expert, at(16, 9), journey.expert)
    stale = client.post(page_of(journey, "reschedule"), {"reason": "خواست مالک", "seen": seen})
    page = stale.content.decode()
    assert "پس از باز شدن صفحه تغییر کرده" in page
    assert "آخرین گام: پیشنهاد زمان بازدید – سارا محمدی‌نژاد" in page
    assert journey.status == "proposed"
    again = {"reason": "خواست مالک", "seen": stale.context["form"].seen_now}
    assert client.post(page_of(journey, "reschedule"), again).status_code == 302
    assert journey.status == "scheduling"


def test_a_call_meanwhile_does_not_make_a_form_stale() -> None:
    journey = at_status("scheduling")
    client = office_client(journey.expert)
    seen = client.get(page_of(journey, "propose")).context["form"].seen_now
    workflow.log_call(journey.request.pk, journey.expert, "agreed")
    assert propose(client, journey, seen=seen).status_code == 302


def test_a_step_that_is_over_says_what_came_last() -> None:
    journey = at_status("accepted")
    answer = office_client(journey.expert).get(page_of(journey, "propose"), follow=True)
    assert "آخرین گام: تأیید زمان از سوی متقاضی" in answer.content.decode()


def test_an_accepted_time_is_moved_in_one_step_and_the_owner_hears_of_both() -> None:
    journey = at_status("accepted")
    client = office_client(journey.expert)
    assert "گرفته‌شده" not in text(client, page_of(journey, "move")), "the own time counts as free"
    answer = propose(client, journey, "move", hour="۱۶", reason="تداخل با بازدید دیگر")
    assert answer.status_code == 302
    states = list(VisitSlot.objects.order_by("pk").values_list("state", flat=True))
    assert (journey.status, states) == ("proposed", ["withdrawn", "proposed"])
    told = SmsMessage.objects.order_by("pk").values_list("event", flat=True)
    assert list(told)[-2:] == ["visit.moved", "visit.proposed"]
    assert list(journey.request.events.values_list("verb", flat=True))[-2:] == [
        "reschedule",
        "propose",
    ]


def test_a_move_to_a_taken_hour_leaves_the_old_time_as_it_was() -> None:
    journey = at_status("proposed")
    workflow.propose_time(
        another(make_owner("09351112233")), journey.expert, at(16, 9), journey.expert
    )
    answer = propose(
        office_client(journey.expert),
        journey,
        "move",
        day="۱۴۰۳/۰۱/۲۸",
        hour="۱۰",
        reason="نزدیک‌تر",
    )
    assert "«کافه نگار»" in answer.context["form"].errors["hour"][0]
    assert journey.status == "proposed"
    assert journey.request.slots.get().state == SlotState.PROPOSED


@pytest.mark.parametrize("step", ["reschedule", "move"])
def test_once_the_visit_has_begun_its_expert_is_led_to_the_report(step: str) -> None:
    journey = at_status("accepted")
    clock.move_to(journey.request.slots.get().starts_at + timedelta(minutes=5))
    client = office_client(journey.expert)
    answer = propose(client, journey, step, day="۱۴۰۳/۰۱/۲۸", reason="دیر شد")
    assert "گزارش آن را بنویسید" in text(client, answer["Location"])
    assert journey.status == "accepted"
    workflow.reschedule(journey.request.pk, journey.manager, "کارشناس نرسید")
    assert journey.status == "scheduling"


def test_the_laboratorys_manager_plans_for_the_own_experts_and_an_expert_reads_the_own() -> None:
    journey = at_status("scheduling")
    manager = make_staff(Role.LAB_MANAGER, journey.place.laboratory)
    far = make_laboratory("آزمایشگاه دیگر", make_city("شیراز", make_province("فارس", "17", "071")))
    stranger = plan(make_expert(far))
    client = office_client(manager)
    week = {
        "expert": journey.expert.pk, "visits_a_day": "3", "hours-TOTAL_FORMS": "1", "hours-INITIAL_FORMS": "0",
        "hours-0-weekday": "5", "hours-0-opens": "۸:۳۰", "hours-0-closes": "۱۴",
    }  # fmt: skip
    assert text(client, f"{PLANS}add/").count(" selected>") == 7 + 2, "a line for each weekday"
    wrong = client.post(f"{PLANS}add/", week | {"hours-0-closes": "۸"})
    assert "پس از ساعت آغاز" in wrong.content.decode()
    assert client.post(f"{PLANS}add/", week).status_code == 302
    made = ExpertPlan.objects.get(expert=journey.expert)
    assert list(made.hours.values_list("weekday", "opens", "closes")) == [
        (5, time(8, 30), time(14))
    ]
    assert AuditEvent.objects.filter(verb="office.change", detail__weekdays=[5]).exists()
    assert client.get(f"{PLANS}{stranger.pk}/change/").status_code == 404
    assert str(stranger.expert.username) not in text(client, f"{PLANS}add/")
    expert = office_client(journey.expert)
    assert "شنبه ۸:۳۰–۱۴" in text(expert, PLANS)
    assert expert.post(f"{PLANS}{made.pk}/change/", week).status_code == 403
