"""The cart and the order: four lines, frozen prices, one order at a time, lapse."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import orders, payments
from billing.cart import cart_of
from billing.models import CloudTariff, LineKind, Order, OrderLine, OrderState, Tariff
from inspections import workflow
from inspections.models import RequestStatus, VisitRequest
from notifications.models import SmsMessage
from septam import clock, jalali
from sites.models import CloudProduct
from tests.billing.bank import GATEWAY, Bank, browser_back, make_cart, make_order
from tests.make import make_place
from tests.people import make_stranger

pytestmark = pytest.mark.django_db


def go_to(year: int, month: int, day: int) -> None:
    day_of = jalali.to_gregorian(year, month, day)
    clock.move_to(clock.now().replace(year=day_of.year, month=day_of.month, day=day_of.day, hour=8))


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_guides_figures_stand_in_the_cart_of_a_nine_percent_day(
    owner: User, browser: Client
) -> None:
    go_to(1402, 12, 25)
    make_cart(owner)
    page = text(browser.get("/cart/"))
    for word in ("هزینه کارشناسی", "سرویس ابری", "ارزش افزوده", "قابل پرداخت (ریال)", "تکمیل خرید"):
        assert word in page
    for amount in (
        "۶٬۳۶۰٬۰۰۰",
        "۵۷۲٬۴۰۰",
        "۶٬۹۳۲٬۴۰۰",
        "۶۹۳٬۲۴۰</bdi> تومان",
        "اگر فیلترشکن دارید، خاموش کنید",
    ):
        assert amount in page


def test_the_same_cart_costs_6996000_on_a_ten_percent_day(owner: User, browser: Client) -> None:
    go_to(1403, 1, 6)
    make_cart(owner)
    assert "۶٬۹۹۶٬۰۰۰" in text(browser.get("/cart/"))


def test_a_cloud_service_stands_on_its_own_line(owner: User) -> None:
    product = CloudProduct.objects.create(code="C-01", name="پایه")
    CloudTariff.objects.create(
        product=product, level=4, days=(jalali.to_gregorian(1394, 1, 1), None), price_rial=3_000_000
    )
    make_cart(owner, cloud_product=product, cloud_landline="02188776655")
    cart = cart_of(owner)
    assert (cart.amount_of("visit"), cart.amount_of("cloud")) == (6_360_000, 3_000_000)


def test_an_empty_cart_says_how_a_place_comes_into_it(browser: Client) -> None:
    page = text(browser.get("/cart/"))
    assert "سبد خرید شما خالی است" in page
    assert "تکمیل خرید" not in page


def test_a_place_that_became_incomplete_is_named_and_stops_the_checkout(
    owner: User, browser: Client
) -> None:
    make_cart(owner)
    owner.places.update(state="draft")
    page = text(browser.get("/cart/"))
    assert "اطلاعات این محل کامل نیست" in page
    assert "تکمیل خرید" not in page
    with pytest.raises(orders.CartNotReady):
        orders.checkout(owner, 0)


def test_a_cart_of_twenty_places_costs_as_many_queries_as_one_of_one(
    owner: User, browser: Client, django_assert_max_num_queries: Any
) -> None:
    clock_offset = 1  # only a demo and the tests ask for it
    make_cart(owner)
    browser.get("/cart/")
    with django_assert_max_num_queries(6 + clock_offset):
        browser.get("/cart/")
    make_cart(owner, *(f"شعبه {number}" for number in range(20)))
    with django_assert_max_num_queries(6 + clock_offset):
        assert "شعبه" in text(browser.get("/cart/"))


def test_checking_out_freezes_the_lines_of_all_places(owner: User) -> None:
    go_to(1402, 12, 25)
    order = make_order(owner, "طلافروشی حسینی", "شعبه بازار")
    lines = list(OrderLine.objects.filter(order=order))
    assert [line.kind for line in lines] == [LineKind.VISIT, LineKind.VISIT]
    assert {line.vat_basis_points for line in lines} == {900}
    assert order.payable_rial == 2 * 6_932_400
    go_to(1403, 1, 6)
    Tariff.objects.update(price_rial=1)
    order.refresh_from_db()
    assert order.payable_rial == 2 * 6_932_400


def test_a_changed_price_is_shown_anew_before_any_order_is_made(
    owner: User, browser: Client
) -> None:
    go_to(1402, 12, 25)
    make_cart(owner)
    go_to(1403, 1, 6)
    answer = browser.post("/cart/checkout/", {"shown_total": "6932400"})
    assert answer.status_code == 200
    assert "مبلغ از زمانی که سبد را دیدید تغییر کرده است" in text(answer)
    assert "۶٬۹۹۶٬۰۰۰" in text(answer)
    assert not Order.objects.exists()


@pytest.mark.parametrize("typed", ["", "abc", "۱۲", "9" * 40, "-1", "6932400.0"])
def test_a_forged_total_makes_no_order(owner: User, browser: Client, typed: str) -> None:
    make_cart(owner)
    assert browser.post("/cart/checkout/", {"shown_total": typed}).status_code == 200
    assert not Order.objects.exists()


def test_the_same_cart_checked_out_twice_is_one_order(owner: User) -> None:
    first = make_order(owner)
    assert orders.checkout(owner, first.payable_rial) == first
    assert Order.objects.count() == 1


def test_a_fuller_cart_makes_a_new_order_and_dissolves_the_old_one(owner: User) -> None:
    first = make_order(owner)
    second = make_order(owner, "شعبه بازار")
    first.refresh_from_db()
    assert first.state == OrderState.CANCELLED
    assert second.lines.filter(open=True).count() == 2


def test_an_order_of_nothing_is_paid_without_a_bank(owner: User, browser: Client) -> None:
    place = make_place(owner)
    Tariff.objects.update(price_rial=0)
    workflow.open_request(place, owner)
    answer = browser.post("/cart/checkout/", {"shown_total": "0"})
    order = Order.objects.get()
    assert answer["Location"] == reverse("billing:order", args=[order.number])
    assert order.state == OrderState.PAID
    assert VisitRequest.objects.get().status == RequestStatus.SCHEDULING
    assert not SmsMessage.objects.filter(event="payment.receipt").exists()
    assert browser.get(reverse("billing:receipt", args=[order.number])).status_code == 200


def test_a_line_is_taken_out_after_a_question(owner: User, browser: Client) -> None:
    make_order(owner, "طلافروشی حسینی", "شعبه بازار")
    gone, kept = VisitRequest.objects.order_by("pk")
    address = reverse("billing:cart_remove", args=[gone.number])
    assert "از سبد خرید برداشته شود" in text(browser.get(address))
    assert browser.post(address, {"answer": "yes"})["Location"] == "/cart/"
    gone.refresh_from_db()
    assert gone.status == RequestStatus.CANCELLED
    assert [line.request for line in cart_of(owner).lines] == [kept]
    assert Order.objects.get().state == OrderState.CANCELLED
    assert browser.post(address, {"answer": "yes"}).status_code == 302


def test_a_line_stays_while_its_payment_is_under_way(
    owner: User, browser: Client, bank: Bank
) -> None:
    order = make_order(owner)
    payments.start(order, GATEWAY)
    request = VisitRequest.objects.get()
    browser.post(reverse("billing:cart_remove", args=[request.number]), {"answer": "yes"})
    request.refresh_from_db()
    assert request.status == RequestStatus.IN_CART
    page = text(browser.get("/cart/"))
    assert "در جریان است؛ تا روشن‌شدن نتیجه" in page
    assert "پرداخت در جریان" in page
    assert "تکمیل خرید" not in page


def test_anothers_line_order_and_receipt_are_not_found(owner: User, bank: Bank) -> None:
    order = make_order(owner)
    request = VisitRequest.objects.get()
    stranger = Client()
    stranger.force_login(make_stranger())
    for name, number in (
        ("cart_remove", request.number), ("order", order.number), ("go_to_bank", order.number),
        ("receipt", order.number),
    ):  # fmt: skip
        address = reverse(f"billing:{name}", args=[number])
        assert stranger.get(address).status_code == 404
        if name in ("cart_remove", "go_to_bank"):
            assert stranger.post(address, {"answer": "yes"}).status_code == 404
    assert not order.attempts.exists()


def test_a_cart_lapses_after_a_week_but_not_under_a_payment(owner: User, bank: Bank) -> None:
    other = make_stranger()
    make_order(owner)
    attempt = payments.start(make_order(other, "شعبه بازار"), GATEWAY)
    clock.move_to(clock.now() + timedelta(days=6))
    assert orders.lapse_carts() == 0
    clock.move_to(clock.now() + timedelta(days=2))
    assert orders.lapse_carts() == 1
    statuses = dict(VisitRequest.objects.values_list("owner_id", "status"))
    assert statuses == {owner.pk: RequestStatus.CANCELLED, other.pk: RequestStatus.IN_CART}
    attempt.refresh_from_db()
    assert attempt.state == "sent"


def test_a_payment_that_comes_after_the_cart_lapsed_brings_the_request_back(
    owner: User, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    fields = bank.finish(attempt.token)
    payments.abandon(attempt.pk)
    clock.move_to(clock.now() + timedelta(days=8))
    assert orders.lapse_carts() == 1
    browser_back(fields)
    request = VisitRequest.objects.get()
    assert (request.status, Order.objects.get().state) == (
        RequestStatus.SCHEDULING,
        OrderState.PAID,
    )


def test_money_that_comes_when_the_place_has_another_request_is_to_be_refunded(
    owner: User, bank: Bank
) -> None:
    attempt = payments.start(make_order(owner), GATEWAY)
    fields = bank.finish(attempt.token)
    payments.abandon(attempt.pk)
    clock.move_to(clock.now() + timedelta(days=8))
    orders.lapse_carts()
    workflow.open_request(owner.places.get(), owner)
    answer = browser_back(fields)
    assert attempt.order.lines.get().request.status == RequestStatus.CANCELLED
    assert Order.objects.get().state == OrderState.PAID_UNPLACED
    assert "پرداخت شما دیر رسید و برگردانده می‌شود" in text(Client().get(answer["Location"]))
