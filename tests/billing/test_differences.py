"""«مابه‌التفاوت»: what was measured costs more or less than what was paid, and the certificate follows the money."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from billing import orders, payments
from billing.cart import cart_of
from billing.models import (
    Invoice,
    InvoiceLine,
    LineKind,
    OrderLine,
    OrderState,
    RefundCase,
    RefundReason,
    ShareRule,
    Tariff,
    VatRate,
)
from billing.refunds import steps
from billing.shares import earned
from billing.transfers import proformas
from inspections import workflow
from inspections.models import Certificate, RequestEvent, VisitReport
from notifications.models import SmsMessage
from septam import clock
from sites.models import Level, Place
from tests.billing.balance import differences, sales_of
from tests.billing.bank import GATEWAY, Bank, browser_back
from tests.billing.settled import settle
from tests.billing.visited import (
    LARGE,
    LARGE_FEE,
    LOW_LEVEL_FEE,
    SMALL,
    SMALL_FEE,
    START,
    Visited,
)
from tests.make import make_place
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db
MORE = LARGE_FEE - SMALL_FEE


@pytest.fixture(autouse=True)
def _clock_is_forgotten() -> Iterator[None]:
    yield
    clock.forget()


def no_difference_in_the_books() -> list[str]:
    """Without a bank in the test: what the bank's own books would be asked for is left out."""
    return [one for one in differences([]) if "the bank" not in one and "settled" not in one]


def test_a_larger_place_waits_for_the_difference_and_its_payment_issues_the_certificate(
    bank: Bank,
) -> None:
    visited = Visited()
    report = visited.visit(LARGE)
    assert visited.endorse(report) == "visited difference"
    order = visited.difference()
    assert order is not None
    assert order.payable_rial == MORE * 110 // 100
    assert not Certificate.objects.exists()
    assert Place.objects.get(pk=visited.place.pk).frozen
    told = SmsMessage.objects.get(event="difference.due")
    assert told.values["amount"] == "۳٬۳۰۰٬۰۰۰"
    attempt = payments.start(order, GATEWAY)
    browser_back(bank.finish(attempt.token))
    assert visited.stands() == "certified"
    assert Certificate.objects.get().issued_by == visited.manager
    invoice = Invoice.objects.get(order=order)
    assert [line.kind for line in invoice.lines.all()] == [LineKind.DIFFERENCE]
    sold = [sale for sale in sales_of(bank.ledger()) if sale.number == attempt.order_number]
    assert [sale.is_taken for sale in sold] == [True]
    assert no_difference_in_the_books() == []
    verbs = list(
        RequestEvent.objects.filter(request=visited.request).values_list("verb", flat=True)
    )
    assert verbs[-2:] == ["await_difference", "certify"]


def test_what_was_paid_too_much_goes_back_of_the_fee_alone_with_a_credit_note_and_its_share() -> (
    None
):
    visited = Visited(LARGE)
    ShareRule.objects.create(
        laboratory=visited.laboratory, basis_points=7000, days=(clock.today(), None)
    )
    assert visited.endorse(visited.visit(SMALL)) == "certified"
    case = RefundCase.objects.get()
    assert (case.reason, case.asked_by, case.amount_rial) == (
        RefundReason.DIFFERENCE, None, MORE * 110 // 100,
    )  # fmt: skip
    finance = make_staff(Role.FINANCE)
    steps.approve(case.pk, finance)
    steps.finish_by_hand(case.pk, finance, "card", "12345678")
    [credited] = InvoiceLine.objects.filter(invoice__refund=case)
    assert (credited.kind, credited.unit_price_rial) == (LineKind.VISIT, MORE)
    rows = earned.rows_until(visited.laboratory, clock.now())
    assert sum(row.laboratory_rial for row in rows) == SMALL_FEE * 7 // 10
    assert no_difference_in_the_books() == []


@pytest.mark.parametrize(
    ("declared", "measured", "level", "due"),
    [
        (SMALL, Decimal("99.99"), Level.SL4, 0),  # another area of the same band
        (Decimal("97.00"), Decimal("101.00"), Level.SL4, 0),  # within the tolerance
        (Decimal("90.00"), Decimal("101.00"), Level.SL4, MORE),
        (SMALL, SMALL, Level.SL2, LOW_LEVEL_FEE - SMALL_FEE),
        (SMALL, LARGE, Level.SL2, MORE),
    ],
)
def test_bands_levels_and_a_small_tolerance_decide(
    declared: Decimal, measured: Decimal, level: int, due: int
) -> None:
    visited = Visited(declared)
    stands = visited.endorse(visited.visit(measured, level=level))
    order, case = visited.difference(), RefundCase.objects.first()
    assert stands == ("visited difference" if due > 0 else "certified")
    assert (order.base_rial if order else 0) == max(0, due)
    assert (case.amount_rial if case else 0) == max(0, -due) * 110 // 100


def test_the_fee_is_of_the_day_of_the_order_and_vat_of_the_day_of_the_difference() -> None:
    visited = Visited()
    began, tomorrow = START.date() - timedelta(days=20), START.date() + timedelta(days=1)
    VatRate.objects.update(days=(began, tomorrow))
    VatRate.objects.create(basis_points=1200, days=(tomorrow, None))
    Tariff.objects.update(days=(began, tomorrow))
    for old in Tariff.objects.all():
        Tariff.objects.create(
            kind=old.kind, level=old.level, area=old.area, days=(tomorrow, None), price_rial=2 * old.price_rial
        )  # fmt: skip
    visited.endorse(visited.visit(LARGE))
    order = visited.difference()
    assert order is not None
    assert (order.base_rial, order.vat_rial) == (MORE, MORE * 12 // 100)


def test_a_report_that_is_sent_back_owes_nothing_until_it_is_written_again() -> None:
    visited = Visited()
    report = visited.visit(LARGE)
    visited.endorse(report)
    first = visited.difference()
    workflow.send_back(report.pk, visited.manager, "مساحت دوباره اندازه گرفته شود")
    assert first is not None
    first.refresh_from_db()
    assert (first.state, visited.stands()) == (OrderState.CANCELLED, "visited")
    assert SmsMessage.objects.get(event="difference.due").state == "withdrawn"
    with pytest.raises(payments.CannotStart):
        payments.start(first, GATEWAY)
    VisitReport.objects.filter(pk=report.pk).update(measured_area=SMALL)
    workflow.submit_report(report.pk, visited.expert)
    assert visited.endorse(report) == "certified"
    assert no_difference_in_the_books() == []


def test_while_the_owner_pays_the_report_cannot_be_sent_back(bank: Bank) -> None:
    visited = Visited()
    report = visited.visit(LARGE)
    visited.endorse(report)
    order = visited.difference()
    assert order is not None
    payments.start(order, GATEWAY)
    with pytest.raises(workflow.NotAllowed):
        workflow.send_back(report.pk, visited.manager, "بررسی دوباره")
    assert visited.stands() == "visited difference"


def test_money_for_an_order_that_was_taken_back_is_owed_whole() -> None:
    visited = Visited()
    report = visited.visit(LARGE)
    visited.endorse(report)
    order = visited.difference()
    assert order is not None
    workflow.send_back(report.pk, visited.manager, "بررسی دوباره")
    settle(order)
    case = RefundCase.objects.get()
    assert (case.reason, case.amount_rial) == (RefundReason.UNPLACED, order.payable_rial)
    assert visited.stands() == "visited"
    assert no_difference_in_the_books() == []


def test_a_re_visit_asks_the_difference_of_the_visit_before_it_too() -> None:
    visited = Visited()
    visited.endorse(visited.visit(LARGE, "nonconforming"))
    assert visited.stands() == "nonconforming"
    assert visited.difference() is None
    # The owner corrects the area before the re-visit, which is then paid in full.
    Place.objects.filter(pk=visited.place.pk).update(area=LARGE)
    visited.request = visited.paid()
    assert visited.request.kind == "revisit"
    assert visited.endorse(visited.visit(LARGE)) == "visited difference"
    order = visited.difference()
    assert order is not None
    assert order.base_rial == MORE
    settle(order)
    assert visited.stands() == "certified"


def test_a_given_up_proforma_of_a_difference_leaves_the_sum_due_under_another_number() -> None:
    visited = Visited()
    visited.endorse(visited.visit(LARGE))
    first = visited.difference()
    assert first is not None
    proformas.ask(visited.owner, first.number)
    proformas.withdraw(visited.owner, first.number)
    second = visited.difference()
    assert second is not None
    assert second.number != first.number
    assert (second.payable_rial, visited.stands()) == (first.payable_rial, "visited difference")
    assert no_difference_in_the_books() == []


def test_a_cart_that_is_checked_out_meanwhile_leaves_the_difference_alone() -> None:
    visited = Visited()
    visited.endorse(visited.visit(LARGE))
    due = visited.difference()
    workflow.open_request(make_place(visited.owner, "شعبه دوم"), visited.owner)
    made = orders.checkout(visited.owner, cart_of(visited.owner).payable_rial)
    assert due is not None
    assert made.pk != due.pk
    due.refresh_from_db()
    assert due.state == OrderState.OPEN
    settle(due)
    assert visited.stands() == "certified"


def test_the_pages_say_who_waits_for_what_and_lead_to_the_payment() -> None:
    visited = Visited()
    visited.endorse(visited.visit(LARGE))
    owner = Client()
    owner.force_login(visited.owner)
    page = owner.get(reverse("inspections:request", args=[visited.request.number])).content.decode()
    assert "منتظر پرداخت مابه‌التفاوت" in page
    leads = reverse("billing:difference", args=[visited.request.number])
    assert leads in page
    order = owner.get(leads, follow=True).content.decode()
    assert "مابه‌التفاوت هزینه کارشناسی" in order
    assert "بازگشت به درخواست" in order
    for person in (visited.manager, visited.expert):
        office = office_client(person)
        url = reverse("admin:inspections_visitrequest_change", args=[visited.request.pk])
        assert "منتظر پرداخت مابه‌التفاوت" in office.get(url).content.decode()


def test_an_open_difference_of_a_request_is_one_says_the_database() -> None:
    visited = Visited()
    visited.endorse(visited.visit(LARGE))
    line = OrderLine.objects.get(kind=LineKind.DIFFERENCE)
    line.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


def both(*works: object) -> list[str]:
    """Run them at once; «done», or the kind of what was raised."""

    def run(work: object) -> str:
        try:
            work()  # type: ignore[operator]
        except (workflow.NotAllowed, payments.CannotStart) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_make_one_order() -> None:
    visited = Visited()
    report = visited.visit(LARGE)
    ended = both(*[lambda: workflow.endorse(report.pk, visited.manager)] * 2)
    assert sorted(ended) == ["NotAllowed", "done"]
    assert OrderLine.objects.filter(kind=LineKind.DIFFERENCE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_money_and_the_sending_back_at_once_end_in_one_of_two_ways() -> None:
    visited = Visited()
    report = visited.visit(LARGE)
    visited.endorse(report)
    order = visited.difference()
    assert order is not None
    both(lambda: settle(order), lambda: workflow.send_back(report.pk, visited.manager, "بررسی"))
    order.refresh_from_db()
    assert (order.state, visited.stands()) in {("paid", "certified"), ("paid_unplaced", "visited")}
    assert no_difference_in_the_books() == []
