"""Giving out work: many requests to one expert, and who may not have one."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Role, StaffAssignment, User
from inspections import workflow
from inspections.laboratories import conflicts
from inspections.models import ConflictOfInterest, VisitRequest
from notifications.models import SmsMessage
from septam import clock
from septam.models import AuditEvent
from sites.models import Coverage
from tests.inspections.journey import START, Journey, at_status
from tests.make import make_category, make_city, make_place, make_province
from tests.people import make_expert, make_owner, make_staff, office_client

PAGE = "/office/inspections/visitrequest/unassigned/"
usual = pytest.mark.usefixtures("at_start")


def waiting(owner: User, title: str, **place: Any) -> VisitRequest:
    visit = workflow.open_request(make_place(owner, title, **place), owner)
    return workflow.mark_paid([visit.pk], paid_at=clock.now())[0]


def declare(expert: User, **subject: Any) -> ConflictOfInterest:
    person = subject.pop("person", "")
    made = ConflictOfInterest(expert=expert, what="فروش دوربین", **subject)
    conflicts.prepare(made, expert, person).save()
    return made


def with_mobile(expert: User, mobile: str = "09125550000") -> User:
    expert.mobile = mobile
    expert.save(update_fields=["mobile"])
    return expert


@usual
def test_a_manager_gives_a_whole_page_to_one_expert_who_hears_of_it_once() -> None:
    journey = at_status("scheduling")
    waiting(journey.owner, "کافه نگار")
    expert = with_mobile(make_expert(journey.place.laboratory, "sara"))
    client = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    page = client.get(PAGE + "?all=1").content.decode()
    assert page.count("checked") == 2
    assert page.index("طلافروشی حسینی") < page.index("کافه نگار")
    ids = list(VisitRequest.objects.values_list("pk", flat=True))
    answer = client.post(PAGE, {"chosen": ids, "expert": expert.pk}, follow=True)
    assert "۲ درخواست به سارا محمدی‌نژاد سپرده شد" in answer.content.decode()
    assert set(VisitRequest.objects.values_list("assigned_expert", flat=True)) == {expert.pk}
    sms = SmsMessage.objects.get(event="work.assigned")
    assert "۲ درخواست" in sms.text
    assert AuditEvent.objects.filter(verb="request.assign").count() == 2


@usual
def test_what_cannot_be_given_is_named_with_its_reason_and_the_rest_is_given() -> None:
    journey = at_status("scheduling")
    taken, women = (
        waiting(journey.owner, "کافه نگار"),
        waiting(journey.owner, "آرایشگاه گل", women_only=True),
    )
    workflow.assign(taken.pk, journey.expert, journey.manager)
    manager = make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss")
    expert = make_expert(journey.place.laboratory, "sara")
    chosen = [journey.request.pk, taken.pk, women.pk, 10**9]
    page = office_client(manager).post(PAGE, {"chosen": chosen, "expert": expert.pk})
    html = page.content.decode()
    for words in ("سپرده نشد", "در این میان به", "ویژه بانوان است", "آزمایشگاه کارشناس خانم ندارد"):
        assert words in html
    assert journey.fresh().assigned_expert == expert
    taken.refresh_from_db()
    assert taken.assigned_expert == journey.expert


@usual
@pytest.mark.parametrize(
    "sent", [{}, {"chosen": "x"}, {"expert": "1"}, {"chosen": "1", "expert": "9999999"}]
)
def test_an_incomplete_choice_gives_nothing_and_says_what_is_missing(sent: dict[str, str]) -> None:
    journey = at_status("scheduling")
    client = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    assert "انتخاب کنید" in client.post(PAGE, sent).content.decode()
    assert journey.fresh().assigned_expert is None


@usual
def test_the_list_is_narrowed_by_city_age_and_kind_and_costs_the_same_for_many(
    django_assert_max_num_queries: Any,
) -> None:
    journey = at_status("scheduling")
    VisitRequest.objects.update(
        paid_at=START - START.resolution * 10 - (START - START.replace(day=5))
    )
    rey = make_city("ری")
    waiting(journey.owner, "کافه نگار", city=rey, laboratory=journey.place.laboratory)
    for number in range(4):
        waiting(make_owner(f"0912000000{number}"), f"شعبه {number}")
        make_expert(journey.place.laboratory, f"colleague{number}")
    client = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    with django_assert_max_num_queries(26):
        client.get(PAGE)

    def shown(query: str) -> list[bool]:
        page = client.get(f"{PAGE}?{query}").content.decode()
        return ["طلافروشی حسینی" in page, "کافه نگار" in page]

    assert shown("") == [True, True]
    assert shown(f"city={rey.pk}") == [False, True]
    assert shown("days=7") == [True, False]
    assert shown("kind=renewal") == [False, False]
    assert shown("kind=nonsense&city=x&after=abc") == [True, True]
    assert shown(f"after={journey.request.pk}") == [False, True]


# What makes an expert unfit → the words of the refusal.
UNFIT: dict[str, tuple[Callable[[Journey, User], object], str]] = {
    "owns the place": (lambda j, e: with_mobile(e, "02188776655"), "از آن خود کارشناس"),
    "is the holder": (lambda j, e: with_mobile(e, _give_mobile_up(j)), "از آن خود کارشناس"),
    "sold to the place": (lambda j, e: declare(e, kind="place", postal_code="1416932790"), "تعارض منافع"),
    "sold to the owner": (lambda j, e: declare(e, kind="owner", person="0499370899"), "تعارض منافع"),
    "knows the mobile": (lambda j, e: declare(e, kind="owner", person=j.owner.mobile), "تعارض منافع"),
    "sold to the trade": (
        lambda j, e: declare(e, kind="trade", city=j.place.city, category=j.place.category), "تعارض منافع",
    ),
    "works elsewhere": (
        lambda j, e: e.assignments.get().provinces.add(make_province("فارس", "17", "071")), "محدوده کار",
    ),
    "laboratory left": (lambda j, e: Coverage.objects.all().delete(), "در این شهر کار نمی‌کند"),
}  # fmt: skip


def _give_mobile_up(journey: Journey) -> str:
    """The expert's number is the coordination phone of the owner's profile."""
    profile = journey.owner.profile
    profile.coordination_phone = "09125550000"
    profile.save(update_fields=["coordination_phone"])
    return "09125550000"


@usual
@pytest.mark.parametrize("why", UNFIT)
def test_an_unfit_expert_is_refused_at_every_door(why: str) -> None:
    journey = at_status("scheduling")
    make_unfit, words = UNFIT[why]
    make_unfit(journey, journey.expert)
    doors = (
        lambda: workflow.assign(journey.request.pk, journey.expert, journey.manager),
        lambda: workflow.log_call(journey.request.pk, journey.expert, "tried"),
        journey.propose,
    )
    for door in doors:
        with pytest.raises(workflow.NotAllowed, match=words):
            door()
    laboratory = journey.place.laboratory_id
    assert laboratory is not None
    many = workflow.assign_many([journey.request.pk], journey.expert, journey.manager, laboratory)
    assert [words in reason for _visit, reason in many.refused] == [True]
    assert journey.fresh().assigned_expert is None


@usual
def test_an_interest_elsewhere_or_one_that_was_ended_forbids_nothing() -> None:
    journey = at_status("scheduling")
    declare(
        journey.expert, kind="trade", category=make_category("پرنده‌فروشی"), city=journey.place.city
    )
    old = declare(journey.expert, kind="place", postal_code="1416932790")
    with pytest.raises(workflow.NotAllowed, match="خود"):
        conflicts.end(old.pk, journey.expert, "اشتباه")
    conflicts.end(old.pk, journey.manager, "اشتباه ثبت شده بود")
    workflow.log_call(journey.request.pk, journey.expert, "agreed")


@usual
def test_declaring_and_ending_in_the_office_keeps_no_number_of_a_person() -> None:
    journey = at_status("scheduling")
    pages = "/office/inspections/conflictofinterest/"
    expert = office_client(journey.expert)
    chosen = f'<option value="{journey.expert.pk}" selected>'
    assert chosen in expert.get(f"{pages}add/").content.decode()
    wrong = expert.post(
        f"{pages}add/",
        {"expert": journey.expert.pk, "kind": "owner", "person": "12", "what": "فروش"},
    )
    assert "نه شماره ملی است" in wrong.content.decode()
    right = {
        "expert": journey.expert.pk,
        "kind": "owner",
        "person": "۰۴۹۹۳۷۰۸۹۹",
        "what": "فروش دوربین",
    }
    assert expert.post(f"{pages}add/", right).status_code == 302
    made = ConflictOfInterest.objects.get()
    assert "0499370899" not in f"{made.person_hash} {made.what} {made}"
    colleague = office_client(make_expert(journey.place.laboratory, "other"))
    assert colleague.get(f"{pages}{made.pk}/change/").status_code == 404
    assert expert.get(f"{pages}{made.pk}/end/").status_code == 403
    boss = office_client(make_staff(Role.LAB_MANAGER, journey.place.laboratory, "boss"))
    assert "۰۸۹۹" in boss.get(f"{pages}{made.pk}/change/").content.decode()
    boss.post(f"{pages}{made.pk}/end/", {"reason": "دیگر نفعی ندارد"})
    made.refresh_from_db()
    assert made.ended_reason == "دیگر نفعی ندارد"


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each returned, all begun at the same moment on connections of their own."""
    begin, results = threading.Barrier(len(works)), {}

    def run(number: int) -> None:
        begin.wait(30)
        try:
            results[number] = works[number]()
        except workflow.NotAllowed as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [results.get(number) for number in range(len(works))]


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_chose_the_same_requests_give_each_of_them_once() -> None:
    clock.move_to(START)
    journey = at_status("scheduling")
    ids = [journey.request.pk, *(waiting(journey.owner, f"شعبه {n}").pk for n in range(5))]
    laboratory = journey.place.laboratory_id
    assert laboratory is not None
    experts = [make_expert(journey.place.laboratory, name) for name in ("sara", "mina")]

    def give(expert: User, order: list[int]) -> Callable[[], object]:
        return lambda: workflow.assign_many(order, expert, journey.manager, laboratory)

    first, second = at_once(give(experts[0], ids), give(experts[1], ids[::-1]))
    assert isinstance(first, workflow.Assigned)
    assert isinstance(second, workflow.Assigned)
    given = [visit.pk for one in (first, second) for visit in one.given]
    assert sorted(given) == sorted(ids)
    assert len(first.refused) + len(second.refused) == len(ids)
    clock.forget()


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_believe_that_they_gave_it() -> None:
    clock.move_to(START)
    journey = at_status("scheduling")
    seen = threading.Barrier(2)

    def give() -> bool:
        with transaction.atomic():
            free = VisitRequest.objects.get(pk=journey.request.pk).assigned_expert_id is None
            seen.wait(30)
            VisitRequest.objects.filter(pk=journey.request.pk).update(
                assigned_expert=journey.expert
            )
        return free

    assert at_once(give, give) == [True, True]
    clock.forget()


@usual
def test_only_who_manages_a_laboratory_gives_work_out() -> None:
    journey = at_status("scheduling")
    for person in (journey.expert, make_staff(Role.MANAGER), make_staff(Role.SUPPORT)):
        assert office_client(person).get(PAGE).status_code == 403
    assert StaffAssignment.objects.filter(role=Role.LAB_MANAGER).count() == 0
