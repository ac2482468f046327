"""A decision counts for what its page showed: a page that others overtook decides nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Role, User
from inspections import workflow
from inspections.models import Certificate, VisitReport
from septam import clock
from tests.inspections.journey import Journey, at_status
from tests.people import make_expert, make_staff, office_client

pytestmark = pytest.mark.usefixtures("at_start")
OVERTAKEN = "پس از باز شدن صفحه تغییر کرده"


def page_of(journey: Journey, step: str = "change") -> str:
    return f"/office/inspections/visitrequest/{journey.request.pk}/{step}/"


def manager_of(journey: Journey) -> User:
    return make_staff(Role.LAB_MANAGER, journey.place.laboratory, "real-manager")


def hand_in_another(journey: Journey) -> None:
    """Another window sends the report back, and the expert hands in one that says otherwise."""
    report = journey.request.report
    workflow.send_back(report.pk, journey.manager, "عدد نگهداری را دوباره ببینید")
    VisitReport.objects.filter(pk=report.pk).update(measured_area=12)
    workflow.submit_report(report.pk, journey.expert)


def test_a_report_that_came_anew_is_not_endorsed_from_the_page_of_the_one_before() -> None:
    journey = at_status("visited")
    client, page = office_client(manager_of(journey)), page_of(journey, "endorse")
    seen = client.get(page).context["form"].seen_now
    hand_in_another(journey)
    stale = client.post(page, {"checked": "on", "difference_seen": "on", "seen": seen})
    shown = stale.content.decode()
    assert OVERTAKEN in shown
    assert not stale.context["form"]["checked"].value()
    assert (journey.status, Certificate.objects.count()) == ("visited", 0)
    anew = {"checked": "on", "difference_seen": "on", "seen": stale.context["form"].seen_now}
    assert client.post(page, anew).status_code == 302
    assert journey.status == "certified"


def test_a_faulty_form_that_was_overtaken_says_so_too() -> None:
    journey = at_status("visited")
    client, page = office_client(manager_of(journey)), page_of(journey, "endorse")
    seen = client.get(page).context["form"].seen_now
    hand_in_another(journey)
    assert OVERTAKEN in client.post(page, {"seen": seen}).content.decode()


def test_a_report_that_came_anew_is_not_sent_back_from_the_page_of_the_one_before() -> None:
    journey = at_status("visited")
    client, page = office_client(manager_of(journey)), page_of(journey, "send_back")
    seen = client.get(page).context["form"].seen_now
    hand_in_another(journey)
    stale = client.post(page, {"reason": "عکس ندارد", "seen": seen})
    assert OVERTAKEN in stale.content.decode()
    assert "عکس ندارد" in stale.content.decode()
    assert journey.request.report.state == "submitted"


def test_support_does_not_cancel_what_was_agreed_on_meanwhile() -> None:
    journey = at_status("proposed")
    client, page = office_client(make_staff(Role.SUPPORT)), page_of(journey, "cancel")
    seen = client.get(page).context["form"].seen_now
    workflow.confirm_time(journey.request.slots.get().pk, journey.owner)
    stale = client.post(page, {"reason": "مالک پاسخ نمی‌دهد", "seen": seen})
    assert OVERTAKEN in stale.content.decode()
    assert journey.status == "accepted"


def test_of_two_managers_who_assign_at_once_the_second_hears_of_the_first() -> None:
    journey = at_status("scheduling")
    client, page = office_client(manager_of(journey)), page_of(journey, "assign")
    seen = client.get(page).context["form"].seen_now
    other = make_expert(journey.place.laboratory, "second-expert")
    workflow.assign(journey.request.pk, other, journey.manager)
    stale = client.post(page, {"expert": journey.expert.pk, "seen": seen})
    assert OVERTAKEN in stale.content.decode()
    assert journey.fresh().assigned_expert_id == other.pk


DECISIONS: dict[str, tuple[str, Callable[[Journey, int], object]]] = {
    "endorse": ("visited", lambda j, n: workflow.endorse(j.request.report.pk, j.manager, seen=n)),
    "send_back": (
        "visited", lambda j, n: workflow.send_back(j.request.report.pk, j.manager, "x", seen=n),
    ),
    "cancel": ("scheduling", lambda j, n: workflow.cancel(j.request.pk, j.manager, "x", seen=n)),
    "assign": ("scheduling", lambda j, n: workflow.assign(j.request.pk, j.expert, j.manager, seen=n)),
}  # fmt: skip


@pytest.mark.parametrize("verb", DECISIONS)
def test_the_verb_itself_decides_under_its_lock(verb: str) -> None:
    status, decide = DECISIONS[verb]
    journey = at_status(status)
    newest = workflow.newest_event(journey.request)
    with pytest.raises(workflow.MovedOn):
        decide(journey, newest - 1)
    assert journey.status == status
    decide(journey, newest)


@pytest.mark.parametrize("step", ["move", "reschedule"])
def test_an_expert_is_not_offered_another_time_once_the_visit_has_begun(step: str) -> None:
    journey = at_status("accepted")
    client, starts_at = office_client(journey.expert), journey.request.slots.get().starts_at
    assert page_of(journey, step) in client.get(page_of(journey)).content.decode()
    clock.move_to(starts_at)
    assert page_of(journey, step) not in client.get(page_of(journey)).content.decode()
    refused = client.get(page_of(journey, step), follow=True)
    assert "زمان بازدید رسیده است؛ گزارش آن را بنویسید" in refused.content.decode()
    # Where there was no visit, the laboratory takes the time back.
    clock.move_to(starts_at + timedelta(minutes=1))
    asked = office_client(manager_of(journey)).get(page_of(journey, step))
    assert "زمان این بازدید رسیده است" in asked.content.decode()
