"""Each notice leads to the page that the table of events names, and that page opens for its owner."""

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import resolve, reverse

from accounts import acting
from accounts.acting import PlaceForOwnerForm
from accounts.mobile import changing
from accounts.models import User
from billing import cart_reminders, completion, payment_messages
from billing.differences import telling as difference_telling
from billing.models import PaymentAttempt, RefundMethod
from billing.refunds import telling as refund_telling
from billing.transfers import proformas
from billing.transfers import telling as transfer_telling
from inspections import messages, sales
from inspections.certificates import expiry, superseding, validity
from inspections.complaints import telling as complaint_telling
from inspections.models import Closure, Complaint, VisitReport, VisitRequest
from inspections.visits import reminders
from notifications import notices
from notifications.events import all_events, event_of
from notifications.models import Notice
from portal.models import SupportMessage, SupportThread
from portal.support import telling as support_telling
from portal.support import threads
from septam import clock
from sites.place import Place
from tests.access.world import World, make_world
from tests.inspections.journey import START

pytestmark = pytest.mark.django_db


def steps_of_a_request(world: World) -> None:
    visit, slot = world.accepted, world.slot_of(world.accepted)
    messages.call_unanswered(visit, 1, 1)
    messages.call_unanswered(visit, 2, 3)
    messages.left_cart(world.in_cart, "lapsed")
    messages.time_moved(visit, slot)
    messages.corrected(visit, 1, "طلای نو")
    messages.day_closed(visit, Closure.objects.select_related("province").latest("pk"))
    messages.laboratory_lost(visit, None)
    messages.laboratory_settled(visit)
    messages.time_declined(visit)
    messages.another_time_asked(visit)
    messages.expert_missed(visit)
    messages.proposal_lapsed(visit, slot)
    reminders._remind_of_proposal(world.slot_of(world.proposed))
    reminders._remind_of_visit(slot)
    reminders._ask_about_visit(slot)


def results(world: World) -> None:
    visit, report = world.journey.request, VisitReport.objects.get(request=world.journey.request)
    report.mend_by = clock.today()
    messages.defects_found(visit, report)
    reminders._tell_closing(report)
    for report.outcome in ("absent", "withheld"):
        messages.visit_failed(visit, report)
    complaint = Complaint(pk=1, request=visit, subject="result", remedy="noted")
    for told in (complaint_telling.opened, complaint_telling.upheld, complaint_telling.rejected):
        told(complaint)
    sales._tell_seller(world.certificate)
    expiry._remind(world.certificate, 7)
    expiry._remind(world.certificate, 1)
    expiry._tell_end(world.certificate)
    wrong = {"title": "طلافروشی حسینی و پسران"}
    made = superseding.supersede(world.certificate.pk, world.journey.manager, "نام نادرست", wrong)
    validity.revoke(made.pk, world.journey.manager, "تغییر محل")


def endings(world: World) -> None:
    paid = VisitRequest.objects.filter(order_lines__order=world.paid_order).distinct().get()
    paid.paid_at = world.paid_order.paid_at
    messages.ended(paid, by_owner=True)
    messages.ended(paid, by_owner=False)
    messages.ended(world.scheduling, by_owner=False)


def money(world: World) -> None:
    payment_messages.tell_unclear(world.waiting)
    payment_messages.tell_failed_late(world.waiting)
    payment_messages.tell_duplicate(world.settled)
    places = list(VisitRequest.objects.filter(owner=world.owner).select_related("place")[:3])
    for paid in (places[:1], places):
        completion._receipt(world.paid_order, world.settled, paid).write()
    # The SMS of a refund names the card where its digits are known.
    PaymentAttempt.objects.filter(pk=world.settled.pk).update(masked_card="603799******1234")
    case = world.paid_order.refund_cases.get()
    for tell in (refund_telling.asked, refund_telling.approved, refund_telling.refused):
        tell(case)
    for case.method in (RefundMethod.CARD, RefundMethod.TRANSFER, RefundMethod.REVERSAL):
        refund_telling.done(case)
    cart_reminders._tell([world.in_cart])
    difference_telling.due(world.scheduling, world.open_order, clock.today())
    difference_telling.reminder(world.scheduling, world.open_order, clock.today(), once_key="once")
    difference_telling.unpaid(world.scheduling, world.open_order)
    difference_telling.taken_back(world.scheduling, world.open_order)


def transfers(world: World) -> None:
    order, transfer = world.held_order, world.transfer
    transfer.order = order
    transfer_telling.came_in_part(order, transfer)
    transfer_telling.not_found(transfer)
    transfer_telling.returned(transfer)
    proformas._tell_end(order.proforma)
    assert proformas._lapse(order.owner_id, order.number)


def by_support(world: World) -> None:
    form = PlaceForOwnerForm(QueryDict("title=شعبه"), place=Place(owner=world.owner))
    assert form.is_valid()
    acting.save(world.journey.manager.pk, "تلفنی خواست", form)


def numbers(world: World) -> None:
    changing.by_codes(world.owner.pk, "09121234567", "09350001111")
    changing.detach(world.owner.pk, "09350001111")


def support(world: World) -> None:
    thread = make_thread(world)
    support_telling.answered(thread, cast(SupportMessage, SimpleNamespace(pk=1, text="پاسخ")))
    support_telling.closed(thread)


def make_thread(world: World) -> SupportThread:
    return threads.begin(
        threads.Draft(subject="other", text="پرسش من", name="", mobile=""), world.owner
    )


def everything(world: World) -> dict[str, Notice]:
    for tell in (
        steps_of_a_request,
        results,
        endings,
        money,
        transfers,
        support,
        by_support,
        numbers,
    ):
        tell(world)
    notices.tell_blocked(world.owner.pk)
    return {notice.event: notice for notice in notices.of(world.owner.pk)}


def test_every_notice_leads_to_the_page_of_the_table_which_opens_for_its_owner() -> None:
    clock.move_to(START)
    told = everything(make_world())
    assert set(told) == {name for name, event in all_events().items() if event.notice}
    owner = Client()
    owner.force_login(User.objects.get(pk=next(iter(told.values())).user_id))
    for name, notice in told.items():
        assert resolve(notice.link).view_name == event_of(name).notice, name
        answer: Any = owner.get(reverse("notifications:open_notice", args=[notice.pk]), follow=True)
        # 409 is a page that says why a visit cannot be requested just now, and what to do instead.
        assert answer.status_code in (200, 409), (name, notice.link)
        words = f"{notice.title} {notice.body}"
        assert not re.search(r"%\(|!|[a-z]{3}", words), (name, words)
        assert notice.body, name
