"""«استرداد وجه»: who is owed what when a paid request ends without a visit."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from billing import orders, payments, refunds
from billing.cart import cart_of
from billing.models import Order, RefundCase, Tariff
from billing.refunds import steps
from inspections import workflow
from inspections.models import VisitRequest
from notifications.models import Notice
from septam import clock
from septam.digits import to_persian
from tests.billing.bank import GATEWAY, Bank, browser_back, make_cart, make_order
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
PAID = 6_996_000


def pay(bank: Bank, order: Order) -> Order:
    browser_back(bank.finish(payments.start(order, GATEWAY).token))
    order.refresh_from_db()
    return order


def owe(order: Order, request: VisitRequest | None, amount: int = 1000) -> RefundCase:
    return RefundCase.objects.create(
        order=order, request=request, reason="unplaced", paid_rial=1000, amount_rial=amount,
        created_at=clock.now(),
    )  # fmt: skip


def page(browser: Client, name: str, *args: Any) -> str:
    return browser.get(reverse(name, args=args)).content.decode()


def test_who_withdraws_is_owed_what_was_paid_for_that_request(owner: User, bank: Bank) -> None:
    order = pay(bank, make_order(owner, "طلافروشی حسینی", "شعبه بازار"))
    gone, _kept = VisitRequest.objects.order_by("pk")
    workflow.withdraw(gone.pk, owner)
    case = RefundCase.objects.get()
    assert (case.order, case.request, case.reason, case.state) == (
        order,
        gone,
        "withdrawn",
        "asked",
    )
    assert case.amount_rial == case.paid_rial == order.payable_rial // 2


def test_the_owner_reads_the_amount_in_the_notices_and_on_the_order(
    owner: User, bank: Bank, client: Client
) -> None:
    order = pay(bank, make_order(owner))
    workflow.withdraw(VisitRequest.objects.get().pk, owner)
    amount = "۶٬۹۹۶٬۰۰۰" if order.payable_rial == PAID else str(order.payable_rial)
    notice = Notice.objects.get(event="refund.asked")
    assert notice.title == "استرداد وجه"
    assert amount in notice.body
    assert notice.link == reverse("billing:order", args=[order.number])
    client.force_login(owner)
    shown = page(client, "billing:order", order.number)
    assert "استرداد وجه" in shown
    assert amount in shown


@pytest.mark.parametrize(("percent", "due"), [(0, 1001), (10, 901), (33, 671), (99, 11)])
def test_what_the_terms_keep_is_cut_to_whole_rial_for_the_owners_good(
    owner: User, bank: Bank, settings: Any, percent: int, due: int
) -> None:
    settings.WITHDRAWAL_DEDUCTION_PERCENT = percent
    make_cart(owner)
    Tariff.objects.update(price_rial=910)
    order = pay(bank, orders.checkout(owner, 1001))
    workflow.withdraw(order.lines.get().request_id, owner)
    assert RefundCase.objects.get().amount_rial == due


def test_what_the_terms_keep_is_told_before_the_withdrawal(
    owner: User, bank: Bank, client: Client, settings: Any
) -> None:
    request = pay(bank, make_order(owner)).lines.get().request
    client.force_login(owner)
    assert "درصد" not in page(client, "inspections:withdraw", request.number)
    settings.WITHDRAWAL_DEDUCTION_PERCENT = 10
    assert "۱۰ درصد" in page(client, "inspections:withdraw", request.number)


def test_where_the_terms_keep_all_nothing_is_owed(owner: User, bank: Bank, settings: Any) -> None:
    settings.WITHDRAWAL_DEDUCTION_PERCENT = 100
    order = pay(bank, make_order(owner))
    workflow.withdraw(order.lines.get().request_id, owner)
    assert not RefundCase.objects.exists()


def test_what_support_cancels_is_returned_whole(owner: User, bank: Bank, settings: Any) -> None:
    settings.WITHDRAWAL_DEDUCTION_PERCENT = 50
    order = pay(bank, make_order(owner))
    workflow.cancel(order.lines.get().request_id, make_staff(Role.SUPPORT), "آزمایشگاه تعطیل شد")
    case = RefundCase.objects.get()
    assert (case.reason, case.amount_rial) == ("cancelled", order.payable_rial)


def test_money_that_came_too_late_is_owed_by_the_order(owner: User, bank: Bank) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    fields = bank.finish(attempt.token)
    payments.abandon(attempt.pk)
    clock.move_to(clock.now() + timedelta(days=8))
    orders.lapse_carts()
    workflow.open_request(owner.places.get(), owner)
    browser_back(fields)
    browser_back(fields)
    case = RefundCase.objects.get()
    assert (case.reason, case.request) == ("unplaced", None)
    assert case.amount_rial == attempt.amount_rial
    assert Notice.objects.filter(event="refund.asked").count() == 1


def test_a_request_that_two_orders_were_paid_for_is_owed_by_each_its_own(
    owner: User, bank: Bank
) -> None:
    """The first order's money comes late: one place was paid by another order, one was removed and asked anew."""
    attempt = payments.start(make_order(owner, "طلافروشی حسینی", "شعبه بازار"), GATEWAY)
    fields = bank.finish(attempt.token)
    payments.abandon(attempt.pk)
    kept, removed = VisitRequest.objects.order_by("pk")
    orders.remove(owner, removed.number)
    second = pay(bank, orders.checkout(owner, cart_of(owner).payable_rial))
    workflow.open_request(removed.place, owner)
    browser_back(fields)
    workflow.withdraw(kept.pk, owner)
    assert set(RefundCase.objects.values_list("order_id", "request_id", "amount_rial")) == {
        (attempt.order_id, None, attempt.amount_rial),
        (second.pk, kept.pk, second.payable_rial),
    }


def test_a_visit_that_cost_nothing_leaves_nothing_to_return(owner: User) -> None:
    make_cart(owner)
    Tariff.objects.update(price_rial=0)
    order = orders.checkout(owner, 0)
    workflow.withdraw(order.lines.get().request_id, owner)
    assert not RefundCase.objects.exists()


def test_a_line_that_left_the_cart_unpaid_is_owed_nothing(owner: User) -> None:
    order = make_order(owner)
    orders.remove(owner, order.lines.get().request.number)
    assert not RefundCase.objects.exists()


@pytest.mark.parametrize("amount", [0, -1, 1001])
def test_the_database_refuses_a_refund_beyond_what_was_paid(owner: User, amount: int) -> None:
    order = make_order(owner)
    with pytest.raises(IntegrityError, match="refund_within"), transaction.atomic():
        owe(order, None, amount)


def test_a_case_is_opened_once(owner: User, bank: Bank) -> None:
    order = pay(bank, make_order(owner))
    request = order.lines.get().request
    workflow.withdraw(request.pk, owner)
    request.refresh_from_db()
    refunds.open_for_request(request, owner)
    assert RefundCase.objects.count() == 1
    owe(order, None)
    for of in (request, None):
        with pytest.raises(IntegrityError, match="refund_once"), transaction.atomic():
            owe(order, of)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SUPPORT, Role.MANAGER])
def test_the_office_sees_what_is_owed_and_since_when_and_cannot_edit_it(
    owner: User, bank: Bank, role: Role
) -> None:
    order = pay(bank, make_order(owner))
    workflow.withdraw(order.lines.get().request_id, owner)
    clock.move_to(clock.now() + timedelta(days=3))
    office = office_client(make_staff(role))
    listed = page(office, "admin:billing_refundcase_changelist")
    for word in (to_persian(order.number), "درخواست‌شده", "۳ روز"):
        assert word in listed
    address = reverse("admin:billing_refundcase_change", args=[RefundCase.objects.get().pk])
    assert 'name="_save"' not in office.get(address).content.decode()
    assert office.post(address, {"amount_rial": "1"}).status_code == 403


def test_an_expert_sees_no_refunds(owner: User, bank: Bank) -> None:
    laboratory = VisitRequest.objects.get(pk=make_order(owner).lines.get().request_id).laboratory
    office = office_client(make_staff(Role.EXPERT, laboratory))
    assert office.get(reverse("admin:billing_refundcase_changelist")).status_code == 403


def test_of_a_running_request_at_most_half_is_returned_by_hand(bank: Bank) -> None:
    """Else its owner has the visit, the certificate and the money."""
    order, asker = pay(bank, make_order(make_owner())), make_staff(Role.FINANCE)
    with pytest.raises(steps.NotPossible, match="پشتیبانی نخست درخواست را لغو می‌کند"):
        steps.ask(order.pk, asker, order.payable_rial, "همه")
    steps.ask(order.pk, asker, order.payable_rial // 2, "جبران تأخیر")
    with pytest.raises(steps.NotPossible, match="پشتیبانی نخست درخواست را لغو می‌کند"):
        steps.ask(order.pk, asker, 1000, "بقیه")


@pytest.mark.parametrize("asked_part", [1, 2])
def test_a_refused_refund_by_hand_swallows_nothing_of_what_a_withdrawal_owes(
    bank: Bank, asked_part: int
) -> None:
    owner, asker = make_owner(), make_staff(Role.FINANCE)
    order = pay(bank, make_order(owner, "طلافروشی", "کافه"))
    first, second = (line.request for line in order.lines.filter(kind="visit").order_by("pk"))
    case = steps.ask(order.pk, asker, order.payable_rial // (2 * asked_part), "جبران تأخیر")
    for request in (first, second):
        workflow.withdraw(request.pk, owner)
    steps.refuse(case.pk, asker, "نادرست بود")
    live = RefundCase.objects.exclude(state="refused")
    assert sum(one.amount_rial for one in live) == order.payable_rial
    again = live.order_by("pk").last()
    assert again is not None
    steps.refuse(again.pk, asker, "بازدید انجام شده بود")
    assert sum(one.amount_rial for one in live.all()) < order.payable_rial
