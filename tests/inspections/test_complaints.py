"""«اعتراض»: whoever had a part in the matter does not decide it, and what was decided stands."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, StaffAssignment, User
from billing.models import OrderLine
from inspections import workflow
from inspections.complaints import deciding, opening, waiting
from inspections.models import Certificate, Complaint, RequestEvent, VisitReport, VisitRequest
from inspections.workflow import NotAllowed
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.models import AuditEvent
from sites.models import Place
from tests.billing.test_differences import both, no_difference_in_the_books
from tests.billing.visited import Visited
from tests.people import make_expert, make_staff, office_client

pytestmark = pytest.mark.django_db
TEXT = "دوربین ورودی را ندید، با این که روشن بود."


@pytest.fixture(autouse=True)
def _clock_is_forgotten() -> Iterator[None]:
    yield
    clock.forget()


def with_defects() -> Visited:
    visited = Visited()
    assert visited.endorse(visited.visit(outcome="nonconforming")) == "nonconforming"
    return visited


def complaint_of(visited: Visited, subject: str = "result") -> Complaint:
    return opening.open_complaint(visited.request.pk, visited.owner, subject, TEXT)


def test_an_upheld_complaint_gives_a_free_visit_by_another_expert() -> None:
    visited = with_defects()
    complaint, first = complaint_of(visited), visited.expert
    decided = deciding.uphold(complaint.pk, make_staff(Role.SUPPORT), "repeat", "حق با شماست.")
    assert decided.repeat is not None
    visited.request = decided.repeat
    assert (visited.stands(), visited.request.kind) == ("scheduling", "repeat")
    followed = Client()
    followed.force_login(visited.owner)
    page = followed.get(reverse("inspections:request", args=[complaint.request.number]))
    assert "پیگیری بازدید بعدی" in page.content.decode()
    line = OrderLine.objects.get(request=visited.request)
    assert (line.amount_rial, line.vat_rial, line.order.state) == (0, 0, "paid")
    for verb in (
        lambda: workflow.assign(visited.request.pk, first, visited.manager),
        lambda: workflow.log_call(visited.request.pk, first, "tried"),
    ):
        with pytest.raises(NotAllowed):
            verb()
    visited.expert = make_expert(visited.laboratory)
    assert visited.endorse(visited.visit()) == "certified"
    assert no_difference_in_the_books() == []
    told = set(SmsMessage.objects.values_list("event", flat=True))
    assert {"complaint.opened", "complaint.upheld"} <= told
    assert Notice.objects.filter(event="complaint.upheld").exists()
    story = RequestEvent.objects.filter(request=complaint.request).values_list("verb", flat=True)
    assert list(story)[-2:] == ["complain", "complaint_upheld"]
    assert AuditEvent.objects.filter(verb="complaint.upheld").count() == 1


def the_expert(visited: Visited) -> User:
    StaffAssignment.objects.create(user=visited.expert, role=Role.SUPPORT)
    return visited.expert


def who_endorsed(visited: Visited) -> User:
    StaffAssignment.objects.create(user=visited.manager, role=Role.MANAGER)
    return visited.manager


def a_former_member(visited: Visited) -> User:
    person = make_staff(Role.SUPPORT, username="former")
    StaffAssignment.objects.create(
        user=person, role=Role.EXPERT, laboratory=visited.laboratory, code="777", active=False
    )
    return person


def of_finance(visited: Visited) -> User:
    return make_staff(Role.FINANCE)


@pytest.mark.parametrize("person", [the_expert, who_endorsed, a_former_member, of_finance])
def test_who_had_a_part_in_the_matter_does_not_decide(person: Callable[[Visited], User]) -> None:
    visited = with_defects()
    complaint = complaint_of(visited)
    actor = person(visited)
    assert deciding.why_not(complaint, actor)
    for verb in (
        lambda: deciding.reject(complaint.pk, actor, "نه"),
        lambda: deciding.uphold(complaint.pk, actor, "noted", "بله"),
    ):
        with pytest.raises(NotAllowed):
            verb()
    complaint.refresh_from_db()
    assert complaint.state == "open"


def test_a_reopened_report_is_corrected_and_its_result_told_anew() -> None:
    visited = with_defects()
    report = VisitReport.objects.get()
    deciding.uphold(
        complaint_of(visited).pk, make_staff(Role.MANAGER), "reopen", "مورد ۲ اشتباه است"
    )
    report.refresh_from_db()
    assert (visited.stands(), report.state) == ("visited", "sent_back")
    VisitReport.objects.filter(pk=report.pk).update(outcome="conforming")
    workflow.submit_report(report.pk, visited.expert)
    assert visited.endorse(report) == "certified"
    assert Certificate.objects.filter(request=visited.request).exists()


def test_a_result_that_a_re_visit_follows_is_not_reopened() -> None:
    visited = with_defects()
    complaint = complaint_of(visited)
    workflow.open_request(visited.place, visited.owner)
    for remedy in ("reopen", "repeat"):
        with pytest.raises(NotAllowed):
            deciding.uphold(complaint.pk, make_staff(Role.SUPPORT), remedy, "بله")
    assert VisitRequest.objects.count() == 2
    assert visited.stands() == "nonconforming"
    # Nor once that one led to a certificate.
    VisitRequest.objects.filter(previous__isnull=False).update(
        status="certified", paid_at=clock.now(), status_changed_at=clock.now()
    )
    for remedy in ("reopen", "repeat"):
        with pytest.raises(NotAllowed, match="بر پایه این نتیجه"):
            deciding.uphold(complaint.pk, make_staff(Role.SUPPORT), remedy, "بله")


def test_a_free_visit_is_of_the_place_that_was_paid_for_and_of_no_other() -> None:
    """Else an owner complains, writes another shop into the place, and has it looked at for nothing."""
    visited = with_defects()
    complaint, place = complaint_of(visited), visited.request.place
    Place.objects.filter(pk=place.pk).update(
        title="انبار", sign_name="انبار", postal_code="7134567892"
    )
    fresh = Complaint.objects.get(pk=complaint.pk).request
    assert deciding.offered(fresh) == ["reopen", "noted"]
    with pytest.raises(NotAllowed, match="دیگر همان محل نیست"):
        deciding.uphold(complaint.pk, make_staff(Role.SUPPORT), "repeat", "حق با شماست.")
    Place.objects.filter(pk=place.pk).update(
        title=place.title, sign_name=place.sign_name, postal_code=place.postal_code
    )
    decided = deciding.uphold(complaint.pk, make_staff(Role.SUPPORT), "repeat", "حق با شماست.")
    free, support = decided.repeat, make_staff(Role.SUPPORT, username="other")
    assert free is not None
    other = {"title": "انبار", "sign_name": "انبار", "postal_code": "7134567892"}
    with pytest.raises(NotAllowed, match="سه رقم"):
        workflow.correct(free.pk, support, other, "اشتباه")
    assert deciding.offered(fresh) == ["noted"]


def test_a_decision_stands_says_the_database_too() -> None:
    visited = with_defects()
    complaint = complaint_of(visited)
    with pytest.raises(NotAllowed):
        complaint_of(visited, "expert")  # one open complaint a request
    deciding.reject(complaint.pk, make_staff(Role.SUPPORT), "تصویر روشن است.")
    with pytest.raises(NotAllowed):
        deciding.uphold(complaint.pk, make_staff(Role.SUPPORT), "noted", "نظرم برگشت")
    with pytest.raises(NotAllowed):
        complaint_of(visited)  # the same matter once more
    for change in (
        lambda: Complaint.objects.update(decision="دیگر"),
        lambda: Complaint.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert opening.subjects_of(visited.request) == ["expert"]


def test_the_window_closes_and_the_expert_may_be_complained_about_before_there_is_a_result() -> (
    None
):
    visited = Visited()
    assert opening.subjects_of(visited.request) == []
    workflow.log_call(visited.request.pk, visited.expert, "tried")
    visited.request.refresh_from_db()
    assert opening.subjects_of(visited.request) == ["expert"]
    visited.endorse(visited.visit(outcome="nonconforming"))
    assert opening.subjects_of(visited.request) == ["result", "expert"]
    complaint_of(visited, "expert")
    assert list(waiting.waiting_too_long()) == []
    clock.move_to(clock.now() + timedelta(days=31))
    assert opening.subjects_of(visited.request) == []
    [alarm] = waiting.waiting_too_long()
    assert "۱ اعتراض" in str(alarm.text)


def test_a_complaint_goes_its_way_over_the_pages() -> None:
    visited = with_defects()
    owner, number = Client(), visited.request.number
    owner.force_login(visited.owner)
    page = reverse("inspections:complain", args=[number])
    assert page in owner.get(reverse("inspections:request", args=[number])).content.decode()
    unclear = owner.post(page, {"answer": "yes", "text": TEXT})
    assert TEXT in unclear.content.decode()
    owner.post(page, {"answer": "yes", "text": TEXT, "subject": "result"})
    complaint = Complaint.objects.get()
    support = office_client(make_staff(Role.SUPPORT))
    listed = support.get(reverse("admin:inspections_complaint_changelist")).content.decode()
    shown = support.get(reverse("admin:inspections_complaint_change", args=[complaint.pk]))
    decide = reverse("admin:inspections_complaint_decide", args=[complaint.pk])
    assert "طلافروشی حسینی" in listed
    assert decide in shown.content.decode()
    support.post(decide, {"outcome": "reject", "reason": "تصویر روشن است."})
    assert (
        "تصویر روشن است."
        in owner.get(reverse("inspections:request", args=[number])).content.decode()
    )
    assert "موضوع" in owner.get(page).content.decode()  # about the expert it is possible still
    assert office_client(the_expert(visited)).get(decide).status_code == 403


def test_a_page_that_is_older_than_what_the_owner_did_says_so_beside_the_decision() -> None:
    visited = with_defects()
    decide = reverse("admin:inspections_complaint_decide", args=[complaint_of(visited).pk])
    support = office_client(make_staff(Role.SUPPORT, username="late"))
    workflow.open_request(visited.place, visited.owner)
    page = support.post(decide, {"outcome": "repeat", "reason": "حق با شماست."}).content.decode()
    assert "با وضعیت کنونی درخواست، این نتیجه ممکن نیست." in page
    assert "حق با شماست." in page


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_make_one_decision() -> None:
    visited = with_defects()
    complaint, support = complaint_of(visited), make_staff(Role.SUPPORT)
    manager = make_staff(Role.MANAGER)
    ended = both(
        lambda: deciding.uphold(complaint.pk, support, "repeat", "بله"),
        lambda: deciding.reject(complaint.pk, manager, "نه"),
    )
    assert sorted(ended) == ["NotAllowed", "done"]
    complaint.refresh_from_db()
    free = VisitRequest.objects.filter(kind="repeat").count()
    assert (complaint.state, free) in {("upheld", 1), ("rejected", 0)}
    connection.close()
