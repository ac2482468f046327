"""Several banks: which are offered and first, what happens when one is down, and one that was switched off."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from accounts.models import User
from billing import bank_choice, gateways, payments
from billing.models import AttemptState, Order, PaymentAttempt
from billing.numbers import bank_number
from septam import clock
from septam.bank_settings import page_origins
from tests.billing.bank import GATEWAY, Bank, browser_back, make_cart, make_order
from tests.people import make_owner

pytestmark = pytest.mark.django_db
S = AttemptState
DOWN = "این درگاه همین حالا پاسخ نمی‌دهد"
NAMES = ["behpardakht", "zarinpal", "parsian"]


def text(response: Any) -> str:
    return " ".join(html.fromstring(response.content.decode()).text_content().split())


def start_row(order: Order, name: str, **fields: Any) -> PaymentAttempt:
    """An attempt as its start left it: without a token it gave no page."""
    values = {
        "state": S.FAILED, "order": order, "gateway": name, "order_number": bank_number(),
        "amount_rial": order.payable_rial, "created_at": clock.now(),
    }  # fmt: skip
    return PaymentAttempt.objects.create(**(values | fields))


def names(order: Order, for_itself: bool = False) -> list[str]:
    banks = bank_choice.banks_for(order.payable_rial, order if for_itself else None)
    return [f"{bank.name}!" if bank.is_down else bank.name for bank in banks]


def complete_purchase(browser: Client, order_sum: int, **fields: str) -> Any:
    return browser.post("/cart/checkout/", {"shown_total": order_sum, **fields}, follow=True)


def test_the_banks_are_offered_in_the_settings_order(
    banks: Bank, owner: User, settings: Any
) -> None:
    order = make_order(owner)
    assert names(order) == NAMES
    settings.GATEWAYS_ON = ["parsian", "behpardakht"]
    assert names(order) == ["parsian", "behpardakht"]


def test_a_bank_that_does_not_take_the_sum_is_not_offered(
    banks: Bank, owner: User, settings: Any
) -> None:
    order = make_order(owner)
    settings.GATEWAYS["zarinpal"]["largest_rial"] = order.payable_rial - 1
    assert names(order) == ["behpardakht", "parsian"]


def test_the_preferred_bank_is_one_click_away_and_another_one_two(
    banks: Bank, owner: User, browser: Client
) -> None:
    make_cart(owner)
    page = browser.get("/cart/")
    assert [bank.name for bank in page.context["banks"]] == NAMES
    for title in ("به‌پرداخت ملت", "زرین‌پال", "پارسیان"):
        assert title in text(page)
    total = page.context["cart"].payable_rial
    assert "رفتن به درگاه" in text(complete_purchase(browser, total))
    assert PaymentAttempt.objects.get().gateway == "behpardakht"


@pytest.mark.parametrize("name", ["zarinpal", "parsian"])
def test_the_chosen_bank_is_gone_to_and_the_payment_made(
    banks: Bank, owner: User, browser: Client, name: str
) -> None:
    make_cart(owner)
    total = browser.get("/cart/").context["cart"].payable_rial
    page = complete_purchase(browser, total, gateway=name)
    attempt = PaymentAttempt.objects.get()
    assert attempt.gateway == name
    form = page.context["bank_form"]
    # A link: no policy on forms stops it where the bank leads on to another host.
    assert f'href="{form.address}"' in page.content.decode()
    browser_back(banks.walk(form), name)
    attempt.refresh_from_db()
    assert attempt.state == S.SETTLED
    assert "پرداخت انجام شد" in text(
        browser.get(reverse("billing:order", args=[attempt.order.number]))
    )


@pytest.mark.parametrize("sent", ["melat", "", "\0", "behpardakht,zarinpal"])
def test_an_unknown_choice_is_the_preferred_bank(
    banks: Bank, owner: User, browser: Client, sent: str
) -> None:
    make_cart(owner)
    total = browser.get("/cart/").context["cart"].payable_rial
    complete_purchase(browser, total, gateway=sent)
    assert PaymentAttempt.objects.get().gateway == "behpardakht"


def test_with_one_bank_nothing_is_to_be_chosen(bank: Bank, owner: User, browser: Client) -> None:
    make_cart(owner)
    assert 'name="gateway"' not in browser.get("/cart/").content.decode()
    order = make_order(owner, "شعبه بازار")
    page = browser.get(reverse("billing:order", args=[order.number]))
    assert 'name="gateway"' not in page.content.decode()


@pytest.mark.parametrize("kind", ["before", "after", "http_502", "malformed", "empty"])
def test_if_one_bank_is_down_at_start_the_owner_reads_it_and_pays_through_another(
    banks: Bank, owner: User, browser: Client, kind: str
) -> None:
    make_cart(owner)
    total = browser.get("/cart/").context["cart"].payable_rial
    banks.fault("bpPayRequest", kind)
    page = complete_purchase(browser, total)
    shown = text(page)
    assert "درگاه «به‌پرداخت ملت» پاسخ نداد و پولی از حساب شما کم نشد" in shown
    assert DOWN in shown
    offered = [(bank.name, bank.is_down) for bank in page.context["banks"]]
    assert offered == [("zarinpal", False), ("parsian", False), ("behpardakht", True)]
    order = page.context["order"]
    page = browser.post(reverse("billing:go_to_bank", args=[order.number]), follow=True)
    attempt = PaymentAttempt.objects.get(state=S.SENT)
    assert attempt.gateway == "zarinpal"
    browser_back(banks.walk(page.context["bank_form"]), "zarinpal")
    order.refresh_from_db()
    assert order.state == "paid"
    assert sum(sale["taken"] for sale in sales_of(banks, order)) == order.payable_rial


def sales_of(banks: Bank, order: Order) -> list[dict[str, Any]]:
    numbers = set(order.attempts.values_list("order_number", flat=True))
    return [sale for sale in banks.ledger()["sales"] if sale["order_id"] in numbers]


def test_three_failed_starts_in_a_row_move_a_bank_to_the_end_for_all(
    banks: Bank, owner: User
) -> None:
    order = make_order(owner)
    other = make_order(make_owner("09357654321"), "شعبه بازار")
    for _try in range(2):
        start_row(other, "behpardakht")
    assert names(order) == NAMES
    start_row(other, "behpardakht", result_code="34")
    assert names(order) == ["zarinpal", "parsian", "behpardakht!"]
    start_row(other, "behpardakht", state=S.SENT, token="A1")
    assert names(order) == NAMES


def test_a_failure_counts_for_a_quarter_of_an_hour(banks: Bank, owner: User) -> None:
    order = make_order(owner)
    long_ago = clock.now() - timedelta(minutes=16)
    for _try in range(3):
        start_row(order, "behpardakht", created_at=long_ago)
    assert names(order, for_itself=True) == NAMES


def test_what_the_payer_wanted_is_not_the_banks_failure(banks: Bank, owner: User) -> None:
    order = make_order(owner)
    for _try in range(3):
        start_row(order, "zarinpal", result_code="-41")
    assert names(order, for_itself=True) == NAMES


def test_if_all_are_down_all_are_still_offered(banks: Bank, owner: User) -> None:
    order = make_order(owner)
    for name in NAMES * 3:
        start_row(order, name)
    assert names(order) == [f"{name}!" for name in NAMES]


def test_the_choice_is_one_query_and_no_call(
    banks: Bank, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(owner)
    before = len(banks.ledger()["sales"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        bank_choice.banks_for(order.payable_rial, order)
    assert len(queries) == 1
    assert len(banks.ledger()["sales"]) == before


def test_attempts_of_a_bank_that_was_switched_off_still_resolve(
    banks: Bank, owner: User, browser: Client, settings: Any
) -> None:
    attempt = payments.start(make_order(owner), "zarinpal")
    fields = banks.walk(gateways.gateway("zarinpal").form(attempt.token, ""))
    settings.GATEWAYS_ON = [GATEWAY]
    assert gateways.names() == [GATEWAY]
    # Its page is not offered any more, but whoever is there comes back.
    address = reverse("billing:go_to_bank", args=[attempt.order.number])
    assert browser.get(address).status_code == 302
    browser_back(fields, "zarinpal")
    attempt.refresh_from_db()
    assert attempt.state == S.SETTLED
    assert "زرین‌پال" in text(browser.get(reverse("billing:receipt", args=[attempt.order.number])))


def test_a_bank_that_no_setting_knows_has_no_way_back(banks: Bank, client: Client) -> None:
    assert client.post("/bank/melat/callback/", {"RefId": "1"}).status_code == 404
    assert client.get("/bank/melat/callback/?Authority=1").status_code == 404


def test_the_pages_policy_names_the_host_of_each_offered_bank() -> None:
    found = page_origins(
        {"page_url": url}
        for url in (
            "https://bpm.shaparak.ir/pgwchannel/startpay.mellat", "https://payment.zarinpal.com/pg/StartPay",
            "https://pec.shaparak.ir/NewIPG/",
        )
    )  # fmt: skip
    assert found == [
        "https://bpm.shaparak.ir", "https://payment.zarinpal.com", "https://pec.shaparak.ir",
    ]  # fmt: skip
