"""Every verb from every status: allowed exactly where product.md §3 says so."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from inspections import workflow
from inspections.models import RequestEvent, RequestStatus, VisitRequest, VisitSlot
from inspections.models.visits import HOLDING
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.models import AuditEvent
from tests.inspections.journey import Journey, at_status

pytestmark = pytest.mark.usefixtures("at_start")

S = RequestStatus


def _last_slot(journey: Journey) -> int:
    slot = VisitSlot.objects.filter(request=journey.request).order_by("-pk").first()
    return slot.pk if slot else journey.propose().pk


def _on_slot(verb: Callable[..., object]) -> Callable[[Journey], object]:
    def act(journey: Journey) -> object:
        slot = VisitSlot.objects.filter(request=journey.request).order_by("-pk").first()
        if slot is None:
            raise workflow.NotAllowed("no slot")
        return verb(slot.pk, journey.owner)

    return act


def _submit(outcome: str) -> Callable[[Journey], object]:
    def act(journey: Journey) -> object:
        held = VisitSlot.objects.filter(request=journey.request, state__in=HOLDING).first()
        if held:
            clock.move_to(held.starts_at + timedelta(minutes=20))
        report = getattr(journey.fresh(), "report", None)
        if report is None:
            report = journey.draft(outcome)
        return workflow.submit_report(report.pk, journey.expert)

    return act


def _on_report(verb: Callable[..., object], *args: str) -> Callable[[Journey], object]:
    def act(journey: Journey) -> object:
        report = getattr(journey.fresh(), "report", None) or journey.draft()
        return verb(report.pk, journey.manager, *args)

    return act


def _missed(journey: Journey) -> object:
    held = VisitSlot.objects.filter(request=journey.request, state__in=HOLDING).first()
    if held:
        clock.move_to(held.starts_at + timedelta(hours=2))
    return workflow.report_missed_visit(journey.request.pk, journey.owner)


# What is said → from which statuses it works, and where it leads (None: the status stays).
VERBS: dict[str, tuple[Callable[[Journey], object], dict[str, str | None]]] = {
    "take_out_of_cart": (
        lambda j: workflow.take_out_of_cart(j.request.pk, j.owner, "removed"), {S.IN_CART: S.CANCELLED},
    ),
    "mark_paid": (lambda j: workflow.mark_paid([j.request.pk], paid_at=clock.now()), {S.IN_CART: S.SCHEDULING}),
    "assign": (lambda j: workflow.assign(j.request.pk, j.expert, j.manager), {S.SCHEDULING: None}),
    "log_call": (
        lambda j: workflow.log_call(j.request.pk, j.expert, "tried"),
        {S.SCHEDULING: None, S.PROPOSED: None, S.ACCEPTED: None},
    ),
    "correct": (
        lambda j: workflow.correct(j.request.pk, j.manager, {"title": "نام درست"}, "غلط املایی"),
        {S.SCHEDULING: None, S.PROPOSED: None, S.ACCEPTED: None, S.VISITED: None},
    ),
    "name_hours": (lambda j: workflow.name_hours(j.request.pk, j.owner, "عصرها"), {S.SCHEDULING: None}),
    "propose_time": (lambda j: j.propose(), {S.SCHEDULING: S.PROPOSED}),
    "confirm_time": (_on_slot(workflow.confirm_time), {S.PROPOSED: S.ACCEPTED}),
    "decline_time": (_on_slot(workflow.decline_time), {S.PROPOSED: S.SCHEDULING}),
    "reschedule": (
        lambda j: workflow.reschedule(j.request.pk, j.manager, "بیماری"),
        {S.PROPOSED: S.SCHEDULING, S.ACCEPTED: S.SCHEDULING},
    ),
    "ask_another_time": (
        lambda j: workflow.ask_another_time(j.request.pk, j.owner), {S.ACCEPTED: S.SCHEDULING},
    ),
    "report_missed_visit": (_missed, {S.ACCEPTED: S.SCHEDULING}),
    "withdraw": (
        lambda j: workflow.withdraw(j.request.pk, j.owner), {S.SCHEDULING: S.CANCELLED, S.PROPOSED: S.CANCELLED},
    ),
    "cancel": (
        lambda j: workflow.cancel(j.request.pk, j.manager, "درخواست مالک"),
        {S.SCHEDULING: S.CANCELLED, S.PROPOSED: S.CANCELLED, S.ACCEPTED: S.CANCELLED},
    ),
    "submit_conforming": (_submit("conforming"), {S.ACCEPTED: S.VISITED}),
    "submit_absent": (_submit("absent"), {S.ACCEPTED: S.NO_SHOW}),
    "send_back": (_on_report(workflow.send_back, "عکس ندارد"), {S.VISITED: None}),
    "endorse": (_on_report(workflow.endorse), {S.VISITED: S.CERTIFIED}),
}  # fmt: skip


def _counts(journey: Journey) -> tuple[int, int, int]:
    events = RequestEvent.objects.filter(request=journey.request).count()
    return events, SmsMessage.objects.count(), Notice.objects.count()


ALLOWED = [(verb, status) for verb, (_act, table) in VERBS.items() for status in table]


@pytest.mark.parametrize(("verb", "status"), ALLOWED)
def test_a_verb_leads_where_the_table_says_and_leaves_one_history_row(
    verb: str, status: str
) -> None:
    act, table = VERBS[verb]
    journey = at_status(status)
    events = _counts(journey)[0]
    act(journey)
    assert journey.status == (table[status] or status)
    assert _counts(journey)[0] == events + 1


@pytest.mark.parametrize("status", S.values)
def test_every_other_verb_is_refused_and_changes_nothing(status: str) -> None:
    journey = at_status(status)
    before = _counts(journey)
    for act, table in VERBS.values():
        if status not in table:
            with pytest.raises(workflow.NotAllowed):
                act(journey)
            assert journey.status == status
    assert _counts(journey) == before


@pytest.mark.parametrize("status", S.values)
def test_the_history_of_a_request_is_one_unbroken_chain(status: str) -> None:
    journey = at_status(status)
    events = list(RequestEvent.objects.filter(request=journey.request))
    assert events[0].verb == "open"
    assert [e.from_status for e in events[1:]] == [e.to_status for e in events[:-1]]
    assert events[-1].to_status == status


@pytest.mark.parametrize("status", S.values)
def test_a_place_is_frozen_from_payment_until_the_request_is_final(status: str) -> None:
    journey = at_status(status)
    journey.place.refresh_from_db()
    assert journey.place.frozen == (status in (S.SCHEDULING, S.PROPOSED, S.ACCEPTED, S.VISITED))


def test_each_step_of_the_staff_is_in_the_audit_log() -> None:
    journey = at_status(S.CERTIFIED)
    found = AuditEvent.objects.filter(
        object_type="inspections.visitrequest", object_id=str(journey.request.pk)
    )
    verbs = set(found.values_list("verb", "actor_id"))
    assert ("request.propose", journey.expert.pk) in verbs
    assert ("request.certify", journey.manager.pk) in verbs
    assert not {actor for _verb, actor in verbs} & {journey.owner.pk}


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("scheduling", "assign"), ("accepted", "correct"), ("accepted", "cancel"), ("accepted", "reschedule"),
        ("visited", "send_back"), ("visited", "endorse"),
    ],
)  # fmt: skip
def test_nobody_of_the_office_decides_on_a_place_of_his_own(status: str, verb: str) -> None:
    journey = at_status(status)
    mine = journey.manager
    VisitRequest.objects.filter(pk=journey.request.pk).update(owner=mine)
    number = journey.request.pk
    steps: dict[str, Callable[[User], object]] = {
        "assign": lambda actor: workflow.assign(number, journey.expert, actor),
        "correct": lambda actor: workflow.correct(
            number, actor, {"title": "نام تازه"}, "غلط املایی"
        ),
        "cancel": lambda actor: workflow.cancel(number, actor, "دیگر نمی‌خواهم"),
        "reschedule": lambda actor: workflow.reschedule(number, actor, "سفر"),
        "send_back": lambda actor: workflow.send_back(journey.fresh().report.pk, actor, "ناقص"),
        "endorse": lambda actor: workflow.endorse(journey.fresh().report.pk, actor),
    }
    with pytest.raises(workflow.NotAllowed, match="خود شما"):
        steps[verb](mine)
    assert journey.status == status
    steps[verb](User.objects.create_user("colleague", is_staff=True))


def test_of_many_requests_only_others_are_given_by_their_manager() -> None:
    journey = at_status("scheduling")
    VisitRequest.objects.filter(pk=journey.request.pk).update(owner=journey.manager)
    laboratory = journey.request.laboratory_id
    assert laboratory is not None
    became = workflow.assign_many([journey.request.pk], journey.expert, journey.manager, laboratory)
    assert (became.given, len(became.refused)) == ([], 1)
