"""«پیش‌فاکتور»: what it holds, for how long, how it ends, and the pages on which an owner sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from billing import orders, payments
from billing.cart import cart_of
from billing.models import (
    BankTransfer,
    Order,
    OrderState,
    PaymentAttempt,
    Proforma,
    ProformaState,
    TransferState,
)
from billing.transfers import forms, proformas, reports, views
from inspections.models import RequestStatus
from notifications.models import Notice, SmsMessage
from septam import clock, jalali
from septam.models import AuditEvent
from septam.templatetags.persian import rial
from sites import freezing
from sites.models import Laboratory
from sites.place import Place
from tests.billing.bank import GATEWAY, Bank, browser_back, make_cart, make_order
from tests.billing.transfers import make_held_order, make_report
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db
DAYS = settings.PROFORMA_DAYS


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def later(days: int) -> None:
    clock.move_to(clock.now() + timedelta(days=days))


def at_hour(hour: int, days: int = 0) -> None:
    day = clock.in_tehran(clock.now()) + timedelta(days=days)
    clock.move_to(day.replace(hour=hour, minute=0, second=0, microsecond=0))


def address(order: Order, end: str = "") -> str:
    return f"/orders/{order.number}/proforma/{end}"


# --- what it holds ---------------------------------------------------------------------------------------


def test_a_proforma_holds_for_the_days_of_the_settings_and_asking_again_changes_nothing() -> None:
    order = make_held_order()
    later(2)
    again = proformas.ask(order.owner, order.number)
    assert again.valid_until == clock.today() + timedelta(days=DAYS - 2)
    assert Proforma.objects.count() == 1


def test_the_places_of_a_held_order_are_neither_in_the_cart_nor_open_for_changes() -> None:
    order = make_held_order()
    cart = cart_of(order.owner)
    assert cart.lines == ()
    assert cart.transfer_orders == [order.number]
    assert cart.held_orders == []
    place = order.lines.first().request.place  # type: ignore[union-attr]
    to_show = freezing.with_hold(Place.objects.filter(pk=place.pk))
    assert freezing.is_held(place)
    assert freezing.is_held(to_show.get())
    proformas.withdraw(order.owner, order.number)
    assert not freezing.is_held(place)
    assert not freezing.is_held(to_show.get())


def test_a_line_leaves_a_held_order_by_giving_the_proforma_up_only() -> None:
    order = make_held_order()
    request = order.lines.first().request  # type: ignore[union-attr]
    with pytest.raises(orders.AwaitsTransfer):
        orders.remove(order.owner, request.number)
    proformas.withdraw(order.owner, order.number)
    orders.remove(order.owner, request.number)
    request.refresh_from_db()
    assert request.status == RequestStatus.CANCELLED


def test_a_new_place_makes_an_order_of_its_own_beside_a_held_one() -> None:
    order = make_held_order()
    make_cart(order.owner, "شعبه تازه")
    second = orders.checkout(order.owner, cart_of(order.owner).payable_rial)
    order.refresh_from_db()
    assert order.state == OrderState.OPEN
    assert second.pk != order.pk
    assert second.lines.count() == 1


def test_the_cart_of_a_held_order_does_not_lapse_and_its_days_begin_anew_afterwards() -> None:
    order = make_held_order()
    request = order.lines.first().request  # type: ignore[union-attr]
    later(settings.CART_DAYS + 1)
    assert orders.lapse_carts() == 0
    assert proformas.lapse_due() == 1
    assert orders.lapse_carts() == 0
    later(settings.CART_DAYS + 1)
    assert orders.lapse_carts() == 1
    request.refresh_from_db()
    assert request.status == RequestStatus.CANCELLED


def test_an_order_has_one_proforma_for_ever() -> None:
    order = make_held_order()
    proformas.withdraw(order.owner, order.number)
    with pytest.raises(proformas.NotPossible):
        proformas.ask(order.owner, order.number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proforma.objects.create(order=order, asked_at=clock.now(), valid_until=clock.today())


# --- how it ends -----------------------------------------------------------------------------------------


def test_it_lapses_after_its_last_day_and_the_places_come_back_at_the_days_price() -> None:
    order = make_held_order()
    later(DAYS)
    assert proformas.lapse_due() == 0
    later(1)
    assert proformas.lapse_due() == 1
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert order.proforma.state == ProformaState.LAPSED
    assert len(cart_of(order.owner).lines) == 1
    assert Notice.objects.filter(event="proforma.lapsed").count() == 1
    assert proformas.lapse_due() == 0


def test_nobody_is_told_that_a_day_comes_which_has_passed() -> None:
    make_held_order()
    later(DAYS + 1)
    assert proformas.remind_due() == 0


def test_nobody_is_asked_for_money_while_the_laboratory_visits_nobody() -> None:
    make_held_order()
    at_hour(10, DAYS - 1)
    Laboratory.objects.update(active=False)
    assert proformas.remind_due() == 0
    Laboratory.objects.update(active=True)
    assert proformas.remind_due() == 1


def test_a_reported_one_past_its_last_day_offers_no_card() -> None:
    order = make_held_order()
    client = browser_of(order.owner)
    page = f"/orders/{order.number}/proforma/"
    assert "پرداخت با کارت" in client.get(page).content.decode()
    make_report(order, order.payable_rial)
    later(DAYS + 1)
    assert "پرداخت با کارت" not in client.get(page).content.decode()


def test_it_ends_once_late_money_of_another_order_paid_one_of_its_places(bank: Bank) -> None:
    owner = make_owner()
    late = payments.start(make_order(owner, "سه راه"), GATEWAY)
    browser_back({"RefId": late.token, "ResCode": "17", "SaleOrderId": str(late.order_number)})
    order = make_held_order(owner, "چهار راه")
    assert order.lines.filter(kind="visit").count() == 2
    browser_back(bank.finish(late.token))
    assert proformas.lapse_due() == 1
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert [line.request.place_title for line in cart_of(owner).lines] == ["چهار راه"]
    assert "با پرداخت دیگری دریافت شد" in Notice.objects.get(event="proforma.lapsed").body


def test_the_owner_is_reminded_once_on_the_day_before_the_last() -> None:
    order = make_held_order()
    at_hour(12, DAYS - 2)
    assert proformas.remind_due() == 0
    at_hour(3, 1)
    assert proformas.remind_due() == 0, "not at night"
    at_hour(9)
    assert proformas.run() == 1
    assert proformas.run() == 0
    assert Notice.objects.get(event="proforma.reminder").link == address(order)
    sms = SmsMessage.objects.get(event="proforma.reminder")
    assert order.number in sms.text
    proformas.withdraw(order.owner, order.number)
    sms.refresh_from_db()
    assert sms.state == "withdrawn"


def test_a_reported_transfer_keeps_the_proforma_until_finance_has_looked() -> None:
    order = make_held_order()
    report = make_report(order, order.payable_rial)
    later(DAYS + 3)
    assert proformas.lapse_due() == 0
    with pytest.raises(proformas.NotPossible):
        proformas.withdraw(order.owner, order.number)
    report.state, report.closed_at, report.closed_by = "rejected", clock.now(), order.owner
    report.reason = "نبود"
    report.save(update_fields=["state", "closed_at", "closed_by", "reason"])
    assert proformas.lapse_due() == 1


def test_past_its_last_day_a_report_keeps_the_order_for_the_transfer_and_not_for_a_card() -> None:
    """Else one rial that was reported holds an old price, or a deadline, for as long as one likes."""
    order = make_held_order()
    make_report(order, 1)
    assert "/bank/" in browser_of(order.owner).get(f"/orders/{order.number}/").content.decode()
    later(DAYS + 1)
    with pytest.raises(payments.CannotStart):
        payments.start(order, GATEWAY)
    page = browser_of(order.owner).get(f"/orders/{order.number}/").content.decode()
    assert "/bank/" not in page
    assert "واریز شما در دست بررسی است" in page


def test_a_card_payment_under_way_keeps_the_proforma(bank: Bank) -> None:
    order = make_held_order()
    attempt = payments.start(order, GATEWAY)
    later(DAYS + 1)
    assert proformas.lapse_due() == 0
    with pytest.raises(proformas.NotPossible):
        proformas.withdraw(order.owner, order.number)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="cancelled")
    assert proformas.lapse_due() == 1


def test_asking_and_giving_up_are_audited() -> None:
    order = make_held_order()
    proformas.withdraw(order.owner, order.number)
    verbs = AuditEvent.objects.filter(verb__startswith="proforma.").values_list("verb", flat=True)
    assert sorted(verbs) == ["proforma.ask", "proforma.withdraw"]


@pytest.mark.parametrize("state", ["paid", "cancelled", "paid_unplaced"])
def test_an_order_that_is_not_open_gets_none(state: str) -> None:
    owner = make_owner()
    order = make_order(owner)
    Order.objects.filter(pk=order.pk).update(state=state)
    with pytest.raises(proformas.NotPossible):
        proformas.ask(owner, order.number)


def test_another_owners_order_does_not_exist_for_one() -> None:
    order = make_held_order()
    stranger = make_stranger()
    for verb in (proformas.ask, proformas.withdraw):
        with pytest.raises(Order.DoesNotExist):
            verb(stranger, order.number)
    client = browser_of(stranger)
    for end in ("", "withdraw/"):
        assert client.get(address(order, end)).status_code == 404
    assert client.post(f"/orders/{order.number}/transfer/", {}).status_code == 404


def test_where_transfers_are_off_there_is_no_proforma(settings: Any) -> None:
    settings.TRANSFERS_ON = False
    owner = make_owner()
    order = make_order(owner)
    client = browser_of(owner)
    assert client.post(address(order)).status_code == 404
    assert "cart/proforma" not in client.get("/cart/").content.decode()
    with pytest.raises(proformas.NotPossible):
        proformas.ask(owner, order.number)


# --- pages -----------------------------------------------------------------------------------------------


def test_from_the_cart_one_press_leads_to_the_proforma() -> None:
    owner = make_owner()
    make_cart(owner, "الف", "ب")
    total = cart_of(owner).payable_rial
    answer = browser_of(owner).post("/cart/proforma/", {"shown_total": str(total)}, follow=True)
    order = Order.objects.get()
    assert answer.redirect_chain == [(address(order), 302)]
    text = answer.content.decode()
    assert "پیش‌فاکتور" in text
    assert "این برگه صورتحساب نیست" in text


def test_a_sum_that_changed_is_shown_anew_before_a_proforma() -> None:
    owner = make_owner()
    make_cart(owner)
    answer = browser_of(owner).post("/cart/proforma/", {"shown_total": "1"})
    assert answer.status_code == 200
    assert not Order.objects.exists()


def test_the_page_names_seller_buyer_account_payment_id_and_words() -> None:
    order = make_held_order()
    text = browser_of(order.owner).get(address(order)).content.decode()
    for piece in ("شناسه واریز", "شبا", "محمد حسینی", "شرکت نمونه سپتام", "قابل پرداخت", "هزار"):
        assert piece in text, piece


def test_on_its_last_day_the_proforma_says_so() -> None:
    order = make_held_order()
    told = "امروز آخرین روز اعتبار این پیش‌فاکتور است"
    later(DAYS - 1)
    assert told not in browser_of(order.owner).get(address(order)).content.decode()
    later(1)
    assert told in browser_of(order.owner).get(address(order)).content.decode()


def test_while_a_report_is_looked_for_the_pages_say_so_and_that_the_last_day_has_passed() -> None:
    order = make_held_order()
    client = browser_of(order.owner)
    pages = [f"/orders/{order.number}/", f"/orders/{order.number}/proforma/"]
    assert "در انتظار واریز شما" in client.get(pages[0]).content.decode()
    make_report(order, order.payable_rial)
    later(DAYS + 1)
    proformas.lapse_due()
    shown, proforma = (client.get(path).content.decode() for path in pages)
    assert "واریز شما در دست بررسی است" in shown
    assert "دوباره پرداخت نکنید" in shown
    assert "مهلت پیش‌فاکتور این سفارش در پایان" in shown
    assert "مهلت این پیش‌فاکتور گذشته است" in proforma
    assert "transfer/" not in proforma
    with pytest.raises(reports.NoProforma):
        make_report(order, order.payable_rial, "140312345679")


def test_what_will_be_refused_is_not_asked_first(bank: Bank) -> None:
    reported, paying = make_held_order(), make_held_order(make_stranger())
    make_report(reported, reported.payable_rial)
    payments.start(paying, GATEWAY)
    for order in (reported, paying):
        answer = browser_of(order.owner).get(address(order, "withdraw/"), follow=True)
        assert answer.redirect_chain == [(address(order), 302)]
        assert "اکنون نمی‌توان از این پیش‌فاکتور انصراف داد" in answer.content.decode()


def test_after_its_last_day_the_form_of_a_report_does_not_open() -> None:
    order = make_held_order()
    make_report(order, 1000)
    later(DAYS + 1)
    client = browser_of(order.owner)
    answer = client.get(f"/orders/{order.number}/transfer/", follow=True)
    assert answer.redirect_chain == [(address(order), 302)]
    assert "مهلت این پیش‌فاکتور گذشته است" in answer.content.decode()
    late = client.post(
        f"/orders/{order.number}/transfer/",
        report_form(order, paid_on=yesterday(), reference="999888"),
    )
    assert "این پیش‌فاکتور دیگر معتبر نیست" in late.content.decode()
    assert "999888" in late.content.decode()
    assert BankTransfer.objects.count() == 1


def test_a_report_is_not_lost_from_sight_once_the_order_is_paid_by_card(bank: Bank) -> None:
    order = make_held_order()
    make_report(order, 123_000)
    client = browser_of(order.owner)
    browser_back(bank.finish(payments.start(order, GATEWAY).token))
    shown = client.get(f"/orders/{order.number}/").content.decode()
    assert f"واریز {rial(123_000)} را هم اعلام کرده‌اید" in shown
    assert address(order) in shown
    late = client.post(
        f"/orders/{order.number}/transfer/",
        report_form(order, paid_on=yesterday(), reference="999888"),
    )
    assert "این پیش‌فاکتور دیگر معتبر نیست" in late.content.decode()
    assert "999888" in late.content.decode()


def test_the_pdf_is_a_pdf_and_only_while_the_proforma_stands() -> None:
    order = make_held_order()
    client = browser_of(order.owner)
    answer = client.get(f"/orders/{order.number}/proforma.pdf")
    assert answer.content.startswith(b"%PDF-")
    proformas.withdraw(order.owner, order.number)
    assert client.get(f"/orders/{order.number}/proforma.pdf").status_code == 302


def test_giving_up_asks_first_and_then_empties_the_order_into_the_cart() -> None:
    order = make_held_order()
    client = browser_of(order.owner)
    assert client.get(address(order, "withdraw/")).status_code == 200
    order.refresh_from_db()
    assert order.state == OrderState.OPEN
    client.post(address(order, "withdraw/"), {"answer": "yes"})
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED


def yesterday() -> str:
    return jalali.latin_date(clock.today() - timedelta(days=1))


def report_form(order: Order, **more: str) -> dict[str, str]:
    return {
        "amount_rial": str(order.payable_rial), "paid_on": "1403/01/01", "reference": "۱۲۳۴ ۵۶۷۸",
        "payer": "شركت آلفا", **more,
    }  # fmt: skip


def test_a_report_is_normalised_and_promises_nothing(settings: Any) -> None:
    order = make_held_order()
    day = {"paid_on": "1405/08/25"}
    clock.move_to(clock.now().replace(year=2026, month=11, day=20))
    client = browser_of(order.owner)
    answer = client.post(
        f"/orders/{order.number}/transfer/", report_form(order, **day), follow=True
    )
    kept = BankTransfer.objects.get()
    assert (kept.reference, kept.payer) == ("12345678", "شرکت آلفا")
    assert kept.state == TransferState.REPORTED
    assert "کارشناسان مالی" in answer.content.decode()
    assert (
        "پیش از واریز دوباره، منتظر پاسخ آن بمانید"
        in browser_of(order.owner).get(address(order)).content.decode()
    )


@pytest.mark.parametrize("typed", ["ref-10001", "REF/10001", "ref 10001", "REF_10001", "Ref۱۰۰۰۱"])
def test_a_tracking_number_is_one_however_it_is_written(typed: str) -> None:
    assert forms.reference_of(typed) == "REF10001"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount_rial", "0"), ("amount_rial", "دو میلیون"), ("paid_on", "1450/01/01"), ("paid_on", "1390/01/01"),
        ("reference", "۱۲"), ("reference", "<b>1234</b>"), ("reference", ""), ("payer", ""),
    ],
)  # fmt: skip
def test_a_wrong_report_is_refused_beside_its_field(field: str, typed: str) -> None:
    order = make_held_order()
    answer = browser_of(order.owner).post(
        f"/orders/{order.number}/transfer/", report_form(order, **{field: typed})
    )
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not BankTransfer.objects.exists()


def test_many_reports_have_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_held_order()
    client = browser_of(order.owner)
    day = clock.today() - timedelta(days=1)

    for number in range(views.REPORTS.times + 2):
        answer = client.post(
            f"/orders/{order.number}/transfer/",
            report_form(order, reference=f"7000{number}", paid_on=jalali.latin_date(day)),
        )
    assert answer.status_code == 200
    assert BankTransfer.objects.count() == views.REPORTS.times
