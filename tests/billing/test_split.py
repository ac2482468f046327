"""A sum above what a bank takes at once: several orders of whole places, the same again for the same cart."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from billing import gateways, limits, orders, payments
from billing.cart import cart_of
from billing.models import Order, OrderState, PaymentAttempt
from billing.splitting import split
from tests.billing.bank import GATEWAY, Bank, browser_back, make_cart
from tests.people import make_owner

amounts = st.lists(st.integers(min_value=0, max_value=50), max_size=12)


@given(amounts, st.integers(min_value=1, max_value=60))
def test_groups_hold_every_place_once_and_stay_within_the_limit(
    all_of: list[int], largest: int
) -> None:
    groups = split(all_of, largest)
    assert sorted(place for group in groups for place in group) == list(range(len(all_of)))
    for group in groups:
        assert sum(all_of[place] for place in group) <= largest or len(group) == 1
    assert groups == split(all_of, largest)


def test_what_fits_or_has_no_limit_stays_one() -> None:
    assert split([4, 5], 9) == [[0, 1]]
    assert split([4, 5], None) == [[0, 1]]
    assert split([], 9) == []


@pytest.fixture
def limited(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set what the only bank takes at once (rial)."""

    def limit(rial: int | None) -> None:
        monkeypatch.setattr(gateways.gateway(GATEWAY), "largest_rial", rial)

    return limit


PRICE = 6_996_000
pytestmark = pytest.mark.django_db


def checkout(owner: Any) -> list[Order]:
    return orders.checkout_all(owner, cart_of(owner).payable_rial)


def titles(order: Order) -> list[str]:
    return [line.request.place.title for line in order.lines.order_by("pk")]


def test_a_large_cart_becomes_orders_within_the_limit_in_the_carts_order(limited: Any) -> None:
    owner = make_owner()
    make_cart(owner, "۱", "۲", "۳")
    limited(2 * PRICE)
    first, second = checkout(owner)
    assert (titles(first), titles(second)) == (["۱", "۲"], ["۳"])
    assert first.payable_rial + second.payable_rial == 3 * PRICE


def test_the_same_cart_gives_the_same_orders_again(limited: Any) -> None:
    owner = make_owner()
    make_cart(owner, "۱", "۲", "۳")
    limited(2 * PRICE)
    assert checkout(owner) == checkout(owner)
    assert Order.objects.count() == 2


def test_the_rest_of_a_split_cart_stays_as_it_is_when_one_part_is_paid(
    limited: Any, bank: Bank
) -> None:
    owner = make_owner()
    make_cart(owner, "۱", "۲", "۳", "۴", "۵")
    limited(2 * PRICE)
    first, second, third = checkout(owner)
    browser_back(bank.finish(payments.start(second, GATEWAY).token))
    assert checkout(owner) == [first, third]


def test_a_new_place_is_grouped_anew(limited: Any) -> None:
    owner = make_owner()
    make_cart(owner, "۱", "۲", "۳")
    limited(2 * PRICE)
    before = checkout(owner)
    make_cart(owner, "۴")
    after = checkout(owner)
    assert [titles(order) for order in after] == [["۱", "۲"], ["۳", "۴"]]
    for order in before:
        order.refresh_from_db()
        assert order.state == OrderState.CANCELLED


def test_a_limit_that_was_lifted_makes_one_order_of_those_that_wait_again(limited: Any) -> None:
    owner = make_owner()
    make_cart(owner, "۱", "۲", "۳")
    limited(2 * PRICE)
    checkout(owner)
    limited(None)
    [one] = checkout(owner)
    assert one.payable_rial == 3 * PRICE


def test_for_a_transfer_the_whole_cart_is_one_order(limited: Any) -> None:
    owner = make_owner()
    make_cart(owner, "۱", "۲", "۳")
    limited(PRICE)
    assert len(checkout(owner)) == 3
    [whole] = orders.checkout_all(owner, cart_of(owner).payable_rial, whole=True)
    assert whole.payable_rial == 3 * PRICE


def test_a_bank_is_offered_only_for_what_it_takes(limited: Any) -> None:
    limited(PRICE)
    assert limits.offered_for(PRICE) == [GATEWAY]
    assert limits.offered_for(PRICE + 1) == []
    assert limits.largest_rial() == PRICE
    limited(None)
    assert limits.offered_for(10**15) == [GATEWAY]
    assert limits.largest_rial() is None


# --- pages -----------------------------------------------------------------------------------------------


def signed_in(owner: Any) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def test_the_cart_warns_and_the_checkout_lists_the_orders(limited: Any) -> None:
    owner = make_owner()
    make_cart(owner, "الف", "ب", "ج")
    limited(2 * PRICE)
    client = signed_in(owner)
    assert "۲ سفارش" in client.get("/cart/").content.decode()
    total = str(cart_of(owner).payable_rial)
    answer = client.post("/cart/checkout/", {"shown_total": total}, follow=True)
    assert answer.redirect_chain == [("/orders/to-pay/", 302)]
    text = answer.content.decode()
    assert text.count("به صفحه پرداخت") == 2


def test_where_no_place_can_be_paid_at_a_bank_the_cart_offers_the_transfer_alone(
    limited: Any,
) -> None:
    owner = make_owner()
    make_cart(owner, "الف", "ب")
    limited(PRICE - 1)
    page = signed_in(owner).get("/cart/").content.decode()
    assert "با حواله بانکی پرداخت می‌شود: «الف»، «ب»" in page
    assert "یکی پس از دیگری" not in page
    assert "تکمیل خرید" not in page
    assert 'class="button" type="submit" formaction="/cart/proforma/"' in page


def test_one_place_above_the_limit_is_offered_a_transfer_only(limited: Any) -> None:
    owner = make_owner()
    make_cart(owner, "الف")
    limited(PRICE - 1)
    client = signed_in(owner)
    assert "الف" in client.get("/cart/").content.decode()
    answer = client.post(
        "/cart/checkout/", {"shown_total": str(cart_of(owner).payable_rial)}, follow=True
    )
    text = answer.content.decode()
    order = Order.objects.get()
    assert f"/orders/{order.number}/proforma/" in text
    assert f"/orders/{order.number}/bank/" not in text
    client.post(f"/orders/{order.number}/bank/", {"gateway": GATEWAY})
    assert not PaymentAttempt.objects.exists()


def test_without_orders_to_pay_the_list_of_payments_is_shown() -> None:
    assert signed_in(make_owner()).get("/orders/to-pay/").status_code == 302
