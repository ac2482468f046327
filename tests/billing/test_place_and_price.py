"""A place cannot grow between its price and its payment."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.privacy import closing
from billing import completion, orders, payments
from billing.cart import cart_of
from billing.models import AttemptState, Order, OrderState, Tariff
from inspections import workflow
from inspections.models import RequestStatus, VisitRequest
from septam import clock
from sites.models import Place
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.billing.test_payment_races import race
from tests.people import make_owner

LARGE = Decimal("900")
WAITS = "در انتظار پرداخت است"


@pytest.fixture
def owner(db: None) -> User:
    return make_owner()


def small_order(owner: User) -> Order:
    """An order at the price of a small place, in a price list where large ones cost more."""
    order = make_order(owner)
    for tariff in Tariff.objects.all():
        Tariff.objects.filter(pk=tariff.pk).update(area=(Decimal(0), Decimal(100)))
        tariff.pk = None
        tariff.area, tariff.price_rial = (Decimal(100), None), 2 * tariff.price_rial
        tariff.save(force_insert=True)
    return order


def enlarge(owner: User, area: Decimal = LARGE) -> None:
    owner.places.update(area=area)


def edit_page(owner: User) -> str:
    return reverse("sites:place_edit", args=[owner.places.get().pk])


def shown(browser: Client, address: str) -> dict[str, str]:
    """What the place's form holds as it is drawn, as a browser sends it back."""
    values = {field.name: field.value() for field in browser.get(address).context["form"]}
    ticks = {name: "on" if value is True else value for name, value in values.items()}
    return {name: str(value) for name, value in ticks.items() if value not in (None, False, "")}


def test_a_place_cannot_be_edited_while_its_payment_is_under_way(
    owner: User, browser: Client, bank: Bank
) -> None:
    order = make_order(owner)
    sent = shown(browser, edit_page(owner)) | {"area": "900"}
    payments.start(order, GATEWAY)
    assert WAITS in browser.get(edit_page(owner)).content.decode()
    assert browser.post(edit_page(owner), sent).status_code == 409
    assert owner.places.get().area == Decimal("38.50")


def test_a_payment_that_the_payer_cancelled_lets_the_place_go(
    owner: User, browser: Client, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    browser_back(bank.finish(attempt.token, "cancel"))
    sent = shown(browser, edit_page(owner)) | {"area": "900"}
    assert browser.post(edit_page(owner), sent).status_code == 302
    assert owner.places.get().area == LARGE


def test_a_place_that_grew_after_the_checkout_is_not_paid_at_the_small_price(
    owner: User, bank: Bank
) -> None:
    order = small_order(owner)
    enlarge(owner)
    with pytest.raises(orders.PriceChanged) as change:
        payments.start(order, GATEWAY)
    assert change.value.cart.payable_rial > order.payable_rial
    assert not order.attempts.exists()


def test_the_owner_sees_the_new_sum_in_the_cart_and_pays_that(
    owner: User, browser: Client, bank: Bank
) -> None:
    order = small_order(owner)
    enlarge(owner)
    answer = browser.post(reverse("billing:go_to_bank", args=[order.number]), follow=True)
    assert answer.redirect_chain == [("/cart/", 302)]
    assert "مبلغ از زمانی که سبد را دیدید تغییر کرده است" in answer.content.decode()
    total = cart_of(owner).payable_rial
    browser.post("/cart/checkout/", {"shown_total": str(total)})
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert Order.objects.get(state=OrderState.OPEN).payable_rial == total


def test_a_change_that_costs_the_same_does_not_stop_the_payment(owner: User, bank: Bank) -> None:
    order = small_order(owner)
    enlarge(owner, Decimal("60"))
    assert payments.start(order, GATEWAY).state == AttemptState.SENT


def test_a_price_that_rose_after_the_checkout_does_not_reach_the_order(
    owner: User, bank: Bank
) -> None:
    order = make_order(owner)
    Tariff.objects.update(price_rial=99_000_000)
    assert payments.start(order, GATEWAY).amount_rial == order.payable_rial


def test_a_place_that_changed_with_equal_sums_gets_an_order_of_its_own(owner: User) -> None:
    first = make_order(owner)
    enlarge(owner)
    assert orders.checkout(owner, first.payable_rial) != first


def test_money_for_a_place_that_grew_behind_a_forged_cancellation_is_left_to_the_bank(
    owner: User, bank: Bank
) -> None:
    """The payer's browser says «cancelled», the place grows, and another tab pays the small price."""
    attempt = payments.start(small_order(owner), GATEWAY)
    forged = {"RefId": attempt.token, "ResCode": "17", "SaleOrderId": str(attempt.order_number)}
    browser_back(forged)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.CANCELLED
    enlarge(owner)
    answer = browser_back(bank.finish(attempt.token))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.FAILED
    assert "bpVerifyRequest" not in bank.sale(attempt)["counts"]
    page = Client().get(answer["Location"]).content.decode()
    assert "اطلاعات محل و هزینه آن تغییر کرده" in page
    assert "۷۲ ساعت" in page
    assert VisitRequest.objects.get().status == RequestStatus.IN_CART


def archive(owner: User) -> None:
    orders.leave_cart(VisitRequest.objects.get(), owner, "removed")
    client = Client()
    client.force_login(owner)
    archived = client.post(f"/places/{owner.places.get().pk}/archive/", {"answer": "yes"})
    assert archived.status_code == 302


def close_account(owner: User) -> None:
    closing.close(owner.pk)


@pytest.mark.parametrize("put_away", [archive, close_account])
def test_money_for_what_was_put_away_behind_a_forged_cancellation_is_left_to_the_bank(
    owner: User, bank: Bank, put_away: Callable[[User], None]
) -> None:
    """Else a visit would wait that nobody can find, and that nobody can be called about."""
    attempt = payments.start(make_order(owner), GATEWAY)
    forged = {"RefId": attempt.token, "ResCode": "17", "SaleOrderId": str(attempt.order_number)}
    browser_back(forged)
    put_away(owner)
    answer = browser_back(bank.finish(attempt.token))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.FAILED
    assert "bpVerifyRequest" not in bank.sale(attempt)["counts"]
    assert "یا محل بایگانی شده است" in Client().get(answer["Location"]).content.decode()
    assert VisitRequest.objects.get().status == RequestStatus.CANCELLED


@pytest.mark.parametrize("put_away", [archive, close_account])
def test_money_that_was_taken_for_what_was_put_away_is_owed_back(
    owner: User, put_away: Callable[[User], None]
) -> None:
    order = make_order(owner)
    put_away(owner)
    completion.complete(order, None, clock.now())
    order.refresh_from_db()
    assert order.state == OrderState.PAID_UNPLACED
    assert VisitRequest.objects.get().status == RequestStatus.CANCELLED


def test_a_place_is_not_archived_while_the_bank_is_asked_about_it(
    owner: User, browser: Client, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    workflow.take_out_of_cart(VisitRequest.objects.get().pk, None, "lapsed")
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SENT
    address = f"/places/{owner.places.get().pk}/archive/"
    assert browser.post(address, {"answer": "yes"}).status_code == 409
    assert "پرداخت آن در جریان است" in browser.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
def test_editing_and_starting_at_once_never_leave_a_large_place_at_the_small_price(
    bank: Bank,
) -> None:
    for number in range(5):
        owner = make_owner(f"0912000000{number}")
        order = small_order(owner) if number == 0 else make_order(owner)
        client = Client()
        client.force_login(owner)
        address = edit_page(owner)
        sent = shown(client, address) | {"area": "900"}
        race(partial(payments.start, order, GATEWAY), partial(client.post, address, sent))
        place = Place.objects.get(owner=owner)
        assert not (order.attempts.exists() and place.area == LARGE)
