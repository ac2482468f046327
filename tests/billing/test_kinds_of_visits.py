"""What first visits, re-visits, repeated visits and renewals cost, with travel and cloud services."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Profile, User
from billing import orders, payments, price_fit
from billing.cart import Cart, cart_of
from billing.models import (
    CloudTariff,
    LineKind,
    Order,
    OrderLine,
    OrderState,
    PaymentAttempt,
    Tariff,
    TravelFee,
)
from billing.transfers import proformas
from inspections import workflow
from inspections.models import VisitRequest
from septam import clock, jalali
from sites.models import CloudProduct, Place
from tests.billing.bank import GATEWAY, Bank, browser_back, make_cart, make_order
from tests.inspections.journey import Journey, at_status
from tests.make import make_city, make_province

pytestmark = pytest.mark.django_db
START = date(2015, 3, 21)


def page_of(owner: User, path: str = "/cart/") -> str:
    client = Client()
    client.force_login(owner)
    return client.get(path).content.decode()


def travel(price: int, **where: Any) -> None:
    place = where or {"province": make_province()}
    TravelFee.objects.create(**place, days=(START, None), price_rial=price)


def service(months: int = 12, code: str = "C-1") -> CloudProduct:
    product = CloudProduct.objects.create(code=code, name="سرویس ابری مخابرات", months=months)
    CloudTariff.objects.create(product=product, level=4, days=(START, None), price_rial=3_000_000)
    return product


def amounts(cart: Cart) -> list[tuple[str, int]]:
    return [(line.kind, line.amount_rial) for price in cart.quotes for line in price.lines]


def cart_after(journey: Journey) -> Cart:
    workflow.open_request(journey.place, journey.owner)
    return cart_of(journey.owner)


def pay_cloud(request: VisitRequest, product: CloudProduct, paid_on: date) -> None:
    """The order by which the request and its cloud service were paid."""
    paid_at = clock.now() - timedelta(days=(clock.today() - paid_on).days)
    order = Order.objects.create(
        number=f"9{request.pk:012d}", owner=request.owner, state=OrderState.PAID, base_rial=0, vat_rial=0,
        payable_rial=0, created_at=paid_at, paid_at=paid_at,
    )  # fmt: skip
    OrderLine.objects.create(
        order=order, request=request, kind=LineKind.CLOUD, title=product.label, amount_rial=0, vat_rial=0,
        vat_basis_points=0, product=product, months=product.months, open=False,
    )  # fmt: skip
    Place.objects.filter(pk=request.place_id).update(cloud_product=product)


# --- travel and periods ---------------------------------------------------------------------------------


def test_the_travel_fee_stands_in_the_cart_only_where_there_is_one(owner: User) -> None:
    make_cart(owner)
    assert "ایاب و ذهاب" not in page_of(owner)
    travel(900_000)
    page = page_of(owner)
    assert "هزینه ایاب و ذهاب" in page
    assert "۹۰۰٬۰۰۰" in page
    assert cart_of(owner).payable_rial == 6_996_000 + 990_000


def test_travel_and_cloud_service_are_frozen_with_their_period(owner: User) -> None:
    travel(900_000)
    make_cart(owner, cloud_product=service(), cloud_landline="02188776655")
    assert "سرویس ابری مخابرات – ۱۲ ماهه" in page_of(owner)
    order = orders.checkout(owner, cart_of(owner).payable_rial)
    lines = list(order.lines.order_by("pk"))
    assert [line.kind for line in lines] == ["visit", "travel", "cloud"]
    assert [line.title for line in lines] == [
        "هزینه کارشناسی - طلافروشی حسینی",
        "هزینه ایاب و ذهاب - طلافروشی حسینی",
        "سرویس ابری مخابرات – ۱۲ ماهه - طلافروشی حسینی",
    ]
    assert [line.months for line in lines] == [None, None, 12]
    page = page_of(owner, f"/orders/{order.number}/")
    assert "هزینه ایاب و ذهاب" in page
    assert "city" in lines[0].priced_for


def test_a_travel_fee_that_came_since_the_cart_was_shown_is_shown_anew(owner: User) -> None:
    make_cart(owner)
    shown = cart_of(owner).payable_rial
    travel(900_000)
    with pytest.raises(orders.PriceChanged):
        orders.checkout(owner, shown)


def test_a_place_that_moved_to_a_dearer_city_after_the_checkout_is_priced_anew(
    owner: User, bank: Bank
) -> None:
    order = make_order(owner)
    city = make_city("فیروزکوه")
    travel(900_000, province=city.province, city=city)
    owner.places.update(city=city)
    with pytest.raises(orders.PriceChanged):
        payments.start(order, GATEWAY)


def test_a_travel_fee_that_rose_after_the_checkout_does_not_reach_the_order(
    owner: User, bank: Bank
) -> None:
    order = make_order(owner)
    travel(900_000)
    assert payments.start(order, GATEWAY).amount_rial == order.payable_rial


def dearer_from_tomorrow() -> None:
    tomorrow = clock.today() + timedelta(days=1)
    for tariff in Tariff.objects.all():
        Tariff.objects.filter(pk=tariff.pk).update(days=(tariff.days.lower, tomorrow))
        tariff.pk, tariff.days, tariff.price_rial = None, (tomorrow, None), tariff.price_rial * 2
        tariff.save(force_insert=True)


def test_an_order_of_yesterday_is_paid_at_the_prices_of_today(owner: User, bank: Bank) -> None:
    order = make_order(owner)
    dearer_from_tomorrow()
    assert price_fit.fits(order)
    clock.move_to(clock.now() + timedelta(days=1))
    with pytest.raises(orders.PriceChanged) as change:
        payments.start(order, GATEWAY)
    assert change.value.cart.payable_rial > order.payable_rial
    with pytest.raises(orders.PriceChanged):
        proformas.ask(owner, order.number)


def test_an_order_of_yesterday_that_costs_the_same_today_goes_on(owner: User, bank: Bank) -> None:
    order = make_order(owner)
    clock.move_to(clock.now() + timedelta(days=1))
    assert payments.start(order, GATEWAY).amount_rial == order.payable_rial


def test_a_proforma_holds_the_prices_of_its_day_for_the_card_too(owner: User, bank: Bank) -> None:
    order = make_order(owner)
    proformas.ask(owner, order.number)
    dearer_from_tomorrow()
    clock.move_to(clock.now() + timedelta(days=1))
    assert payments.start(order, GATEWAY).amount_rial == order.payable_rial


# --- kinds ----------------------------------------------------------------------------------------------


def test_a_re_visit_costs_its_own_fee_and_travel() -> None:
    journey = at_status("nonconforming")
    Tariff.objects.filter(kind="revisit").update(price_rial=2_544_000)
    travel(900_000)
    assert amounts(cart_after(journey)) == [("visit", 2_544_000), ("travel", 900_000)]


def test_a_re_visit_that_waited_in_the_cart_past_its_time_is_not_sold() -> None:
    journey = at_status("nonconforming")
    clock.move_to(clock.now() + timedelta(days=29))
    cart = cart_after(journey)
    assert cart.is_ready
    clock.move_to(clock.now() + timedelta(days=2))
    assert "مهلت بازدید مجدد گذشته است" in page_of(journey.owner)
    with pytest.raises(orders.CartNotReady):
        orders.checkout(journey.owner, cart.payable_rial)
    orders.remove(journey.owner, cart.lines[0].request.number)
    again = workflow.open_request(journey.place, journey.owner)
    assert again.kind == "first"


def test_an_order_of_a_re_visit_is_not_sold_past_its_time_either(bank: Bank) -> None:
    journey = at_status("nonconforming")
    clock.move_to(clock.now() + timedelta(days=30))
    order = orders.checkout(journey.owner, cart_after(journey).payable_rial)
    clock.move_to(clock.now() + timedelta(days=1))
    with pytest.raises(orders.PriceChanged):
        payments.start(order, GATEWAY)


def test_a_re_visit_whose_place_became_another_shop_in_the_cart_is_not_sold_nor_kept_by_its_order() -> (
    None
):
    journey = at_status("nonconforming")
    cart = cart_after(journey)
    order = orders.checkout(journey.owner, cart.payable_rial)
    assert price_fit.fits(order)
    Place.objects.filter(pk=journey.place.pk).update(
        title="انبار", sign_name="انبار", postal_code="7134567892"
    )
    assert not price_fit.fits(order)
    assert "این محل دیگر همان نیست" in page_of(journey.owner)
    with pytest.raises(orders.CartNotReady):
        orders.checkout(journey.owner, cart.payable_rial)


PROFILE = {"kind": "person", "name": "علی رضایی", "national_id": "0012345679"}


def written_profile(owner: User, **changes: str) -> tuple[str, str]:
    """What the page says to another holder, and the name that is kept."""
    client = Client()
    client.force_login(owner)
    said = client.post("/profile/", PROFILE | changes).content.decode()
    return said, Profile.objects.get(user=owner).name


def test_no_other_holder_is_written_while_a_re_visit_is_being_paid(bank: Bank) -> None:
    journey = at_status("nonconforming")
    before = Profile.objects.get(user=journey.owner).name
    order = orders.checkout(journey.owner, cart_after(journey).payable_rial)
    attempt = payments.start(order, GATEWAY)
    said, kept = written_profile(journey.owner)
    assert "پرداخت هزینه بازدید مجدد در جریان است" in said
    assert 'value="علی رضایی"' in said
    assert kept == before
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="abandoned")
    assert written_profile(journey.owner)[1] == "علی رضایی"
    assert not price_fit.fits(order)


def test_no_other_holder_is_written_while_a_re_visits_proforma_stands(bank: Bank) -> None:
    """The money would come for a re-visit that is nobody's any more, and could only go back."""
    journey = at_status("nonconforming")
    order = orders.checkout(journey.owner, cart_after(journey).payable_rial)
    proformas.ask(journey.owner, order.number)
    said, kept = written_profile(journey.owner)
    assert "پیش‌فاکتور بازدید مجدد شما در انتظار واریز است" in said
    assert kept != "علی رضایی"
    proformas.withdraw(journey.owner, order.number)
    assert written_profile(journey.owner)[1] == "علی رضایی"


def test_a_re_visit_that_was_let_go_is_not_sold_by_an_old_page_of_the_bank_past_its_time(
    bank: Bank,
) -> None:
    journey = at_status("nonconforming")
    clock.move_to(clock.now() + timedelta(days=30))
    order = orders.checkout(journey.owner, cart_after(journey).payable_rial)
    attempt = payments.start(order, GATEWAY)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="abandoned")
    clock.move_to(clock.now() + timedelta(days=1))
    browser_back(bank.finish(attempt.token))
    attempt.refresh_from_db()
    order.refresh_from_db()
    assert (attempt.state, order.state) == ("failed", OrderState.OPEN)
    assert "مهلت بازدید مجدد گذشت" in page_of(journey.owner, f"/orders/{order.number}/")


def test_the_phone_for_coordination_may_change_at_any_time(bank: Bank) -> None:
    journey = at_status("nonconforming")
    payments.start(orders.checkout(journey.owner, cart_after(journey).payable_rial), GATEWAY)
    known = Profile.objects.get(user=journey.owner)
    mine = {"name": known.name, "national_id": known.national_id}
    written_profile(journey.owner, **mine, coordination_phone="02188776655")
    known.refresh_from_db()
    assert known.coordination_phone == "02188776655"


def test_a_first_visit_being_paid_binds_nobodys_name(bank: Bank) -> None:
    journey = at_status("in_cart")
    payments.start(orders.checkout(journey.owner, cart_of(journey.owner).payable_rial), GATEWAY)
    assert written_profile(journey.owner)[1] == "علی رضایی"


def test_after_an_absence_the_repeated_fee_is_due() -> None:
    journey = at_status("no_show")
    Tariff.objects.filter(kind="repeat").update(price_rial=6_000_000)
    assert amounts(cart_after(journey)) == [("visit", 6_000_000)]


def test_a_re_visit_does_not_pay_for_the_cloud_service_again() -> None:
    journey = at_status("nonconforming")
    pay_cloud(journey.request, service(), clock.today())
    assert amounts(cart_after(journey)) == [("visit", 6_360_000)]
    assert "پیش‌تر پرداخت شده است" in page_of(journey.owner)


def test_another_cloud_service_than_the_paid_one_is_charged_with_the_re_visit() -> None:
    journey = at_status("nonconforming")
    pay_cloud(journey.request, service(), clock.today())
    journey.place.cloud_product = service(6, "C-2")
    journey.place.save(update_fields=["cloud_product"])
    assert ("cloud", 3_000_000) in amounts(cart_after(journey))


@pytest.mark.parametrize(("months", "is_charged"), [(24, False), (6, True)])
def test_a_renewal_pays_for_the_cloud_service_unless_it_runs_through_the_next_certificate(
    months: int, is_charged: bool
) -> None:
    journey = at_status("certified")
    pay_cloud(journey.request, service(months), clock.today())
    last_day = journey.request.certificate.validity.upper - timedelta(days=1)
    clock.move_to(clock.now() + (last_day - clock.today()) - timedelta(days=20))
    charged = ("cloud", 3_000_000) in amounts(cart_after(journey))
    assert charged is is_charged


def test_periods_that_were_bought_one_after_the_other_add_up() -> None:
    journey = at_status("certified")
    product = service(6)
    pay_cloud(journey.request, product, clock.today())
    second = OrderLine.objects.get(product=product)
    OrderLine.objects.create(
        order=second.order, request=second.request, kind=LineKind.CLOUD, title="", amount_rial=0, vat_rial=0,
        vat_basis_points=0, product=product, months=12, open=False,
    )  # fmt: skip
    certificate_end = journey.request.certificate.validity.upper
    clock.move_to(clock.now() + (certificate_end - clock.today()) - timedelta(days=20))
    assert jalali.add_months(clock.today(), 6) < jalali.add_months(certificate_end, 6)
    assert [kind for kind, _ in amounts(cart_after(journey))] == ["visit"]
