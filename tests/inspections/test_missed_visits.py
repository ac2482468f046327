"""«کارشناس مراجعه نکرد»: said after the visit's time, and no way round a report that was begun."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from inspections import standing, workflow
from inspections.models import ReportDraft
from inspections.reports import drafts
from septam import clock
from tests.inspections.journey import Journey, at_status
from tests.people import office_client

pytestmark = pytest.mark.usefixtures("at_start")
YES = {"answer": "yes"}


def starts_at(journey: Journey) -> datetime:
    return journey.request.slots.get().starts_at


def begin_report(journey: Journey, answer: str = "no") -> ReportDraft:
    typed = {"outcome": "visited", "true_category": "7", "pv_01": answer, "pv_01_comment": " "}
    saving = drafts.Saving(0, "page", list(typed), typed)
    return drafts.save(journey.request.pk, journey.expert, saving)


def page(journey: Journey, name: str) -> str:
    return reverse(f"inspections:{name}", args=[journey.request.number])


def offered(journey: Journey) -> bool:
    """On the request's page, and among the cards of the owner's places."""
    client = Client()
    client.force_login(journey.owner)
    address = page(journey, "missed_visit")
    step = standing.of_places([journey.place])[0].next_step
    on_card = address in [action.url for action in step.actions]
    assert on_card == (address in client.get(page(journey, "request")).content.decode())
    return on_card


def refusal(journey: Journey) -> str:
    """Why the page does not even ask; the verb says the same."""
    client = Client()
    client.force_login(journey.owner)
    answer = client.get(page(journey, "missed_visit"))
    assert answer.status_code == 409
    with pytest.raises(workflow.NotAllowed) as refused:
        workflow.report_missed_visit(journey.request.pk, journey.owner)
    assert refused.value.reason in answer.content.decode()
    assert journey.status == "accepted"
    return refused.value.reason


def test_nobody_is_missed_before_the_visits_time_is_over() -> None:
    journey = at_status("accepted")
    assert "هنوز نرسیده" in refusal(journey)
    begins = starts_at(journey)
    clock.move_to(begins + timedelta(minutes=89))
    assert "پس از پایان زمان بازدید" in refusal(journey)
    assert not offered(journey)
    clock.move_to(begins + timedelta(minutes=90))
    assert offered(journey)
    workflow.report_missed_visit(journey.request.pk, journey.owner)
    assert journey.status == "scheduling"


def test_an_expert_who_began_the_report_was_there() -> None:
    journey = at_status("accepted")
    begins = starts_at(journey)
    clock.move_to(begins + timedelta(minutes=5))
    begin_report(journey)
    assert "گزارش این بازدید را آغاز کرده است" in refusal(journey)
    clock.move_to(begins + timedelta(hours=5))
    assert "گزارش این بازدید را آغاز کرده" in refusal(journey)
    assert not offered(journey)


def test_an_empty_report_that_was_saved_says_nothing_and_an_answer_does() -> None:
    journey = at_status("accepted")
    clock.move_to(starts_at(journey) + timedelta(minutes=95))
    begin_report(journey, "")
    assert offered(journey)
    begin_report(journey, "yes")
    assert not offered(journey)
    assert "گزارش این بازدید را آغاز کرده" in refusal(journey)


def begun_and_moved() -> Journey:
    """A report was begun, the visit got another time, and that one is over."""
    journey = at_status("accepted")
    clock.move_to(starts_at(journey) + timedelta(minutes=5))
    begin_report(journey)
    workflow.reschedule(journey.request.pk, journey.manager, "بیماری کارشناس")
    slot = journey.confirm(journey.propose())
    clock.move_to(slot.starts_at + timedelta(hours=2))
    return journey


def test_old_answers_that_are_saved_again_at_a_later_time_say_nothing_of_it() -> None:
    journey = begun_and_moved()
    begin_report(journey)
    workflow.report_missed_visit(journey.request.pk, journey.owner)
    assert journey.status == "scheduling"


def test_a_draft_of_an_earlier_time_says_nothing_of_this_one() -> None:
    journey = begun_and_moved()
    assert offered(journey)
    workflow.report_missed_visit(journey.request.pk, journey.owner)
    assert journey.status == "scheduling"


def test_the_experts_day_says_that_the_owner_waited_in_vain() -> None:
    journey = at_status("accepted")
    clock.move_to(starts_at(journey) + timedelta(hours=2))
    workflow.report_missed_visit(journey.request.pk, journey.owner)
    day = office_client(journey.expert).get("/office/inspections/visitrequest/today/")
    assert "متقاضی: کارشناس مراجعه نکرد" in day.content.decode()


def test_another_time_is_not_asked_for_once_it_is_too_late_and_the_page_says_why() -> None:
    journey = at_status("accepted")
    client = Client()
    client.force_login(journey.owner)
    begins = starts_at(journey)
    clock.move_to(begins - timedelta(hours=47))
    late = client.get(page(journey, "another_time"))
    assert late.status_code == 409
    assert "کمتر از ۴۸ ساعت" in late.content.decode()
    clock.move_to(begins + timedelta(minutes=1))
    begun = client.get(page(journey, "another_time"))
    assert begun.status_code == 409
    assert "زمان بازدید رسیده است" in begun.content.decode()
    assert "کمتر از" not in begun.content.decode()
