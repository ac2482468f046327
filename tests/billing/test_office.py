"""The office's pages of money: prices are edited in Jalali and whole rial, payments only looked at."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from billing import payments
from billing.models import AttemptState, CloudTariff, PaymentAttempt, Tariff, VatRate
from septam import clock, jalali
from septam.digits import to_persian
from septam.models import AuditEvent
from septam.money import format_rial
from sites.models import CloudProduct
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
TARIFF = {
    "kind": "first", "level": "4", "area_from": "", "area_to": "۵۰", "province": "", "price_rial": "۶٬۳۶۰٬۰۰۰",
    "first_day": "۱۴۰۲/۰۱/۰۱", "last_day": "",
}  # fmt: skip


@pytest.fixture
def office() -> Client:
    user = make_staff(Role.FINANCE)
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    return office_client(user)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_vat_rate_is_entered_in_jalali_days(office: Client) -> None:
    rate = {"basis_points": "900", "first_day": "۱۳۹۴/۰۱/۰۱", "last_day": "1403/01/01"}
    refused = office.post(reverse("admin:billing_vatrate_add"), rate)
    assert "last_day" in refused.context["adminform"].form.errors
    rate["last_day"] = ""
    assert office.post(reverse("admin:billing_vatrate_add"), rate).status_code == 302
    kept = VatRate.objects.get()
    assert (kept.days.lower, kept.days.upper) == (date(2015, 3, 21), None)
    assert "۹٪" in text(office.get(reverse("admin:billing_vatrate_changelist")))


def test_an_end_of_a_tariff_is_set_and_only_that_column_changes(office: Client) -> None:
    assert office.post(reverse("admin:billing_tariff_add"), TARIFF).status_code == 302
    tariff = Tariff.objects.get()
    assert (tariff.price_rial, tariff.area.lower, tariff.area.upper) == (6_360_000, 0, 50)
    address = reverse("admin:billing_tariff_change", args=[tariff.pk])
    page = text(office.get(address))
    assert "۱۴۰۲/۰۱/۰۱" in page
    tomorrow = clock.today() + timedelta(days=1)
    ends = {"last_day": jalali.format_date(tomorrow), "price_rial": "1"}
    assert office.post(address, TARIFF | ends).status_code == 302
    tariff.refresh_from_db()
    assert (tariff.days.upper, tariff.price_rial) == (tomorrow, 6_360_000)
    assert AuditEvent.objects.get(verb="price.change").detail == {
        "fields": ["days"], "rial": 6_360_000, "first": "2023-03-21", "end": tomorrow.isoformat(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"area_from": "۴۰", "area_to": "۶۰"}, "هم‌پوشانی دارد"),
        ({"first_day": "1500/01/01"}, "۱۲۸۰"),
        ({"last_day": "1402/01/01"}, "پایان باید پس از آغاز باشد"),
        ({"price_rial": "abc"}, "price_rial"),
        ({"level": "5"}, "level"),
    ],
)
def test_a_price_that_cannot_stand_is_refused_in_persian(
    office: Client, change: dict[str, str], message: str
) -> None:
    office.post(reverse("admin:billing_tariff_add"), TARIFF)
    answer = office.post(reverse("admin:billing_tariff_add"), TARIFF | change)
    assert answer.status_code == 200
    assert message in text(answer)
    assert Tariff.objects.count() == 1


def test_a_cloud_price_is_entered_for_a_product(office: Client) -> None:
    product = CloudProduct.objects.create(code="C-01", name="پایه")
    price = {
        "product": str(product.pk),
        "level": "1",
        "price_rial": "3600000",
        "first_day": "1402/01/01",
    }
    assert office.post(reverse("admin:billing_cloudtariff_add"), price).status_code == 302
    assert CloudTariff.objects.get().price_rial == 3_600_000
    assert office.get(reverse("admin:billing_cloudtariff_changelist")).status_code == 200


def test_orders_and_payments_are_shown_and_never_edited(office: Client, bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(attempt.token))
    number = to_persian(attempt.order.number)
    for name, row, called, words in (
        ("order", attempt.order, number, ("۶٬۹", "طلافروشی حسینی")),
        ("paymentattempt", attempt, str(attempt), ("settled", "610433******5689")),
    ):
        listed = reverse(f"admin:billing_{name}_changelist")
        assert called in text(office.get(listed))
        page = reverse(f"admin:billing_{name}_change", args=[row.pk])
        shown = text(office.get(page))
        assert words[1] in shown
        assert 'name="_save"' not in shown
        assert office.post(page, {"state": "failed"}).status_code == 403
        assert called in text(office.get(listed, {"q": str(row)}))
        assert called not in text(office.get(listed, {"q": "99"}))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SETTLED
    assert AuditEvent.objects.filter(verb="office.view").count() == 2


def test_a_payment_is_found_by_the_banks_reference(office: Client, bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(attempt.token))
    attempt = PaymentAttempt.objects.get()
    found = office.get(reverse("admin:billing_paymentattempt_changelist"), {"q": attempt.reference})
    assert str(attempt.order_number) in text(found)


def test_another_amount_of_the_bank_stands_out_for_finance_and_not_on_the_receipt(
    office: Client, bank: Bank, caplog: pytest.LogCaptureFixture
) -> None:
    plain = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(plain.token))
    other = payments.start(make_order(make_owner("09357654321"), "شعبه بازار"), GATEWAY)
    browser_back({**bank.finish(other.token), "FinalAmount": "1234567"})
    other.refresh_from_db()
    assert other.state == AttemptState.SETTLED
    kept = other.events.get(kind="other_amount").detail
    assert kept == {"ours_rial": other.amount_rial, "bank_rial": 1_234_567}
    assert not plain.events.filter(kind="other_amount").exists()
    assert f"1234567 rial for attempt {other.order_number}" in caplog.text

    listed = reverse("admin:billing_paymentattempt_changelist")
    page = text(office.get(listed))
    assert "مبلغ متفاوت" in page
    assert page.count(format_rial(1_234_567)) == 1
    assert format_rial(1_234_567) not in text(office.get(listed, {"q": str(plain.order_number)}))
    found = text(office.get(listed, {"other_amount": "yes"}))
    assert str(other.order_number) in found
    assert str(plain.order_number) not in found
    browser = Client()
    browser.force_login(other.order.owner)
    receipt = text(browser.get(reverse("billing:receipt", args=[other.order.number])))
    assert format_rial(other.amount_rial) in receipt
    assert format_rial(1_234_567) not in receipt


def test_the_office_says_paid_and_names_the_bank_in_persian(office: Client, bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(attempt.token))
    for name in ("order", "paymentattempt"):
        assert "پرداخت‌شده" in text(office.get(reverse(f"admin:billing_{name}_changelist")))
    listed = reverse("admin:billing_paymentattempt_changelist")
    page = text(office.get(listed))
    assert "به‌پرداخت ملت" in page
    assert ">behpardakht<" not in page
    assert str(attempt.order_number) in text(office.get(listed, {"gateway": GATEWAY}))
    assert str(attempt.order_number) not in text(office.get(listed, {"gateway": "nobank"}))
    order = text(office.get(reverse("admin:billing_order_change", args=[attempt.order_id])))
    assert "به‌پرداخت ملت" in order
    assert "behpardakht" not in order


def test_the_payers_card_is_shown_from_left_to_right(office: Client, bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(masked_card="610433******5689")
    isolated = '<bdi dir="ltr">610433******5689</bdi>'
    for name, key in (("paymentattempt", attempt.pk), ("order", attempt.order_id)):
        page = text(office.get(reverse(f"admin:billing_{name}_change", args=[key])))
        assert isolated in page
        assert page.count("610433******5689") == 1
