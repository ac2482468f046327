"""How often an owner may start payments, and two members of staff who save prices at the same instant."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from billing import cart_views
from billing.models import Order, Tariff, VatRate
from septam.throttle import Limit
from tests.billing.bank import Bank, make_order
from tests.billing.test_office import TARIFF
from tests.billing.test_payment_races import race
from tests.people import make_owner, make_staff, make_stranger, office_client


@pytest.fixture
def order(db: None, monkeypatch: pytest.MonkeyPatch) -> Order:
    monkeypatch.setattr(cart_views, "STARTS", Limit("payment-start", 2, 3600))
    return make_order(make_owner())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_who_starts_payments_again_and_again_is_asked_to_wait(order: Order, bank: Bank) -> None:
    browser = signed_in(order.owner)
    address = reverse("billing:go_to_bank", args=[order.number])
    for _time in range(2):
        assert browser.post(address)["Location"] == address
    answer = browser.post(address, follow=True)
    assert answer.redirect_chain == [(reverse("billing:order", args=[order.number]), 302)]
    page = answer.content.decode()
    assert "بیش از اندازه" in page
    assert "۶۰ دقیقه" in page
    assert order.attempts.count() == 2


def test_the_checkout_counts_as_a_start_and_one_owner_does_not_close_the_way_of_another(
    order: Order, bank: Bank
) -> None:
    browser = signed_in(order.owner)
    address = reverse("billing:go_to_bank", args=[order.number])
    sent = {"shown_total": str(order.payable_rial)}
    assert browser.post("/cart/checkout/", sent)["Location"] == address
    assert browser.post(address)["Location"] == address
    assert browser.post(address)["Location"] == reverse("billing:order", args=[order.number])
    other = make_order(make_stranger(), "شعبه بازار")
    address = reverse("billing:go_to_bank", args=[other.number])
    assert signed_in(other.owner).post(address)["Location"] == address


@pytest.mark.django_db(transaction=True)
def test_overlapping_prices_saved_at_the_same_instant_give_one_row_and_one_error_in_the_form() -> (
    None
):
    clients = [office_client(make_staff(Role.FINANCE, username=name)) for name in ("sara", "reza")]
    rate = {"basis_points": "900", "first_day": "1394/01/01", "last_day": ""}
    for name, sent, model in (("vatrate", rate, VatRate), ("tariff", TARIFF, Tariff)):
        address = reverse(f"admin:billing_{name}_add")
        for number in range(5):
            model.objects.all().delete()
            answers = race(*(partial(client.post, address, sent) for client in clients))
            assert sorted(answer.status_code for answer in answers) == [200, 302], (name, number)
            refused = next(answer for answer in answers if answer.status_code == 200)
            assert "هم‌پوشانی دارد" in refused.content.decode()
            assert model.objects.count() == 1
