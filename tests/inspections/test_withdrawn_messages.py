"""A change takes back what still waits and would be wrong; what left, and what is still true, stays."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from inspections import workflow
from inspections.certificates import expiry, validity
from inspections.models import Certificate, VisitReport
from inspections.visits import reminders
from notifications.models import Notice, SmsMessage, SmsState
from septam import clock
from tests.inspections.journey import START, Journey, at_status
from tests.inspections.test_times import at

pytestmark = pytest.mark.usefixtures("at_start")
REPRESENTATIVE = "09190001122"


def waiting() -> set[str]:
    """The events of which an SMS still waits."""
    return set(SmsMessage.objects.filter(state="queued").values_list("event", flat=True))


def everything_left() -> None:
    SmsMessage.objects.filter(state="queued").update(state=SmsState.SENT, next_try_at=None)


def with_representative() -> Journey:
    journey = Journey()
    journey.place.representative_phone = REPRESENTATIVE
    journey.place.save(update_fields=["representative_phone"])
    journey.pay()
    return journey


def reminded_of_tomorrow() -> Journey:
    journey = with_representative()
    journey.confirm(journey.propose(at(15, 15)))
    clock.move_to(at(14, 9, 1))
    assert reminders.remind_of_tomorrow() == 1
    return journey


CHANGES: dict[str, tuple[Callable[[Journey], object], set[str]]] = {
    "moved": (lambda j: workflow.reschedule(j.request.pk, j.manager, "بیماری"), {"visit.moved"}),
    "cancelled": (lambda j: workflow.cancel(j.request.pk, j.manager, "x"), {"request.cancelled_free"}),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_visit_that_does_not_take_place_is_not_announced_any_more(change: str) -> None:
    journey = reminded_of_tomorrow()
    assert {"visit.tomorrow", "visit.confirmed", "visit.substitute"} <= waiting()
    act, left = CHANGES[change]
    act(journey)
    assert waiting() == left, "the representative never heard of it, and hears nothing"


@pytest.mark.parametrize("change", CHANGES)
def test_a_representative_who_heard_of_the_visit_hears_that_it_is_off(change: str) -> None:
    journey = reminded_of_tomorrow()
    everything_left()
    act, left = CHANGES[change]
    act(journey)
    assert waiting() == left | {"visit.substitute_off"}
    assert SmsMessage.objects.get(event="visit.substitute_off").mobile == REPRESENTATIVE


def test_a_confirmed_or_declined_proposal_is_not_asked_about() -> None:
    journey = with_representative()
    slot = journey.propose(at(17, 15))
    clock.move_to(START + timedelta(days=1))
    assert reminders.remind_of_proposals() == 1
    assert {"visit.proposed", "visit.proposal_reminder"} <= waiting()
    workflow.decline_time(slot.pk, journey.owner)
    assert not {"visit.proposed", "visit.proposal_reminder"} & waiting()
    journey.confirm(journey.propose(at(18, 15)))
    assert waiting() == {"visit.confirmed", "visit.substitute"}


def test_a_time_that_was_found_silences_the_calls_before_it() -> None:
    journey = with_representative()
    workflow.log_call(journey.request.pk, journey.expert, "no_answer")
    assert waiting() == {"queue.started", "call.no_answer"}
    journey.propose(at(17, 15))
    assert waiting() == {"visit.proposed"}


def near_its_end() -> tuple[Journey, Certificate]:
    journey = at_status("certified")
    certificate = Certificate.objects.get()
    day = validity.last_day(certificate) - timedelta(days=7)
    clock.move_to(datetime.combine(day, START.timetz()))
    assert expiry.remind() == 1
    assert "certificate.expiring" in waiting()
    return journey, certificate


def test_a_renewal_an_archive_and_a_revocation_take_the_reminder_of_the_end_back() -> None:
    journey, _certificate = near_its_end()
    journey.request = workflow.open_request(journey.place, journey.owner)
    assert "certificate.expiring" in waiting(), "nothing is renewed by a wish"
    journey.pay()
    assert "certificate.expiring" not in waiting()


def test_an_archived_place_is_not_reminded() -> None:
    journey, _certificate = near_its_end()
    client = Client()
    client.force_login(journey.owner)
    client.post(f"/places/{journey.place.pk}/archive/", {"answer": "yes"})
    assert "certificate.expiring" not in waiting()
    clock.move_to(clock.now() + timedelta(days=6))
    assert expiry.remind() == 0


def test_a_revoked_certificate_is_told_by_sms_and_not_reminded_of() -> None:
    journey, certificate = near_its_end()
    validity.revoke(certificate.pk, journey.manager, "تغییر محل")
    assert "certificate.expiring" not in waiting()
    assert "certificate.revoked" in waiting()


def test_the_end_of_the_re_visits_window_is_told_once_a_week_before_and_not_to_who_paid() -> None:
    journey = at_status("nonconforming")
    mend_by = VisitReport.objects.get().mend_by
    assert mend_by is not None
    clock.move_to(datetime.combine(mend_by - timedelta(days=8), START.timetz()))
    assert reminders.remind_of_revisits() == 0
    clock.move_to(clock.now() + timedelta(days=1))
    assert reminders.remind_of_revisits() == 1
    assert reminders.remind_of_revisits() == 0
    notice = Notice.objects.get(event="revisit.closing")
    assert notice.link == f"/places/{journey.place.pk}/request/"
    assert "revisit.closing" in waiting()
    journey.request = workflow.open_request(journey.place, journey.owner)
    journey.pay()
    assert "revisit.closing" not in waiting()


def test_who_paid_for_the_re_visit_before_is_not_reminded() -> None:
    journey = at_status("nonconforming")
    mend_by = VisitReport.objects.get().mend_by
    assert mend_by is not None
    journey.request = workflow.open_request(journey.place, journey.owner)
    journey.pay()
    clock.move_to(datetime.combine(mend_by - timedelta(days=3), START.timetz()))
    assert reminders.remind_of_revisits() == 0


def test_a_reminder_looks_again_under_the_lock_of_the_change() -> None:
    journey = with_representative()
    slot = journey.confirm(journey.propose(at(15, 15)))
    clock.move_to(at(14, 9, 1))
    # The job has found the visit; before it comes to tell of it, the laboratory moves it.
    wanted = reminders._accepted(at(15, 0), at(16, 0))
    assert list(wanted) == [slot]
    workflow.reschedule(journey.request.pk, journey.manager, "بیماری")
    assert not reminders._under_lock(wanted, slot.pk, reminders._remind_of_visit)
    # The control: without the second look the owner would be told of a visit that is off.
    assert reminders._remind_of_visit(slot)
