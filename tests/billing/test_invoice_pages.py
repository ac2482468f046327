"""The pages around an invoice: whom it names, the owner's list, the office with the tax system's number."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Role, User
from billing.models import Invoice, InvoiceBuyer, PaperFile, TaxSubmission
from billing.papers import invoicing, tax_fields, tax_numbers
from septam import clock, jalali
from septam.models import AuditEvent
from tests.billing.bank import make_order
from tests.billing.settled import refund_of, settle, settled_order
from tests.people import make_staff, make_stranger, office_client

pytestmark = pytest.mark.django_db
COMPANY = {
    "kind": "company", "name": "شرکت آتیه", "national_id": "۱۰۳۸۰۲۸۴۷۹۰", "economic_number": "411111111111",
    "address": "تهران، خیابان ولیعصر", "postal_code": "1416932790",
}  # fmt: skip
TAX_NUMBER = "A11216051A0001B1C2D3E4"


def body(response: Any) -> str:
    return str(response.content.decode())


# --- the buyer ------------------------------------------------------------------------------------------


def test_an_owner_has_the_invoice_issued_to_a_company(owner: User, browser: Client) -> None:
    order = make_order(owner)
    address = f"/orders/{order.number}/buyer/"
    assert "محمد حسینی" in body(browser.get(address))
    saved = browser.post(address, COMPANY, follow=True)
    assert "صورتحساب به این نام صادر خواهد شد" in body(saved)
    assert "شرکت آتیه" in body(browser.get(f"/orders/{order.number}/"))
    settle(order)
    buyer = Invoice.objects.get().buyer
    assert (buyer["name"], buyer["national_id"]) == ("شرکت آتیه", "10380284790")
    assert buyer["postal_code"] == "1416932790"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("national_id", "10380284791"),
        ("national_id", "0499370899"),
        ("economic_number", ""),
        ("economic_number", "12"),
        ("address", ""),
        ("postal_code", "1"),
        ("name", ""),
        ("kind", "state"),
    ],
)
def test_what_a_company_must_give_is_asked_beside_its_field_and_nothing_typed_is_lost(
    owner: User, browser: Client, field: str, typed: str
) -> None:
    order = make_order(owner)
    answer = browser.post(f"/orders/{order.number}/buyer/", COMPANY | {field: typed})
    assert answer.context["form"].errors.keys() == {field}
    assert field == "name" or "شرکت آتیه" in body(answer)
    assert not InvoiceBuyer.objects.exists()


def test_a_person_needs_only_name_and_number(owner: User, browser: Client) -> None:
    order = make_order(owner)
    given = {"kind": "person", "name": "زهرا کریمی", "national_id": "0499370899"}
    browser.post(f"/orders/{order.number}/buyer/", given)
    assert InvoiceBuyer.objects.get().economic_number == ""


def test_the_buyer_of_a_paid_order_stays(owner: User, browser: Client) -> None:
    order = settled_order(owner)
    answer = browser.post(f"/orders/{order.number}/buyer/", COMPANY)
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}/")
    assert not InvoiceBuyer.objects.exists()


def test_the_last_buyer_is_offered_again(owner: User, browser: Client) -> None:
    browser.post(f"/orders/{make_order(owner).number}/buyer/", COMPANY)
    settle(InvoiceBuyer.objects.get().order)
    second = make_order(owner, "کافه نگار")
    assert "شرکت آتیه" in body(browser.get(f"/orders/{second.number}/buyer/"))


# --- the owner's pages ----------------------------------------------------------------------------------


def test_the_list_of_payments_leads_to_invoice_and_credit_note(
    owner: User, browser: Client
) -> None:
    order = settled_order(owner)
    with transaction.atomic():
        invoicing.credit(refund_of(order, None, 1000))
    first, note = Invoice.objects.order_by("pk")
    for address in ("/orders/", f"/orders/{order.number}/", f"/receipts/{order.number}/"):
        page = body(browser.get(address))
        assert f'href="/invoices/{first.number}/"' in page
        assert f'href="/invoices/{note.number}/"' in page
    assert order.place_titles()[0] in body(browser.get("/orders/"))
    assert "صورتحساب اصلاحی" in body(browser.get(f"/invoices/{note.number}/"))


def test_an_invoice_page_says_all_that_an_invoice_must(owner: User, browser: Client) -> None:
    invoice = Invoice.objects.get(order=settled_order(owner))
    response = browser.get(f"/invoices/{invoice.number}/")
    page = body(response)
    for words in (
        "مالیات و عوارض ارزش افزوده", "شرکت نمونه سپتام", "محمد حسینی", "۰۴۹۹۳۷۰۸۹۹", "۶٬۹۹۶٬۰۰۰",
        "شش میلیون و نهصد و نود و شش هزار ریال", "۶۹۹٬۶۰۰ تومان", "۱۰٪", "نمونه:",
    ):  # fmt: skip
        assert words in page.replace('<bdi dir="ltr">', "").replace("</bdi>", ""), words
    assert jalali.format_date(invoice.issued_at) in page
    assert response["Cache-Control"] == "private, no-store"


def test_a_name_that_turns_the_direction_is_shown_without_the_mark_and_isolated(
    owner: User, browser: Client
) -> None:
    order = make_order(owner)
    InvoiceBuyer.objects.create(
        order=order, kind="person", name="\u202eعلی 123", national_id="0499370899"
    )
    settle(order)
    assert "<bdi>علی ۱۲۳</bdi>" in body(browser.get(f"/invoices/{Invoice.objects.get().number}/"))


def test_anothers_papers_do_not_exist(owner: User) -> None:
    order = settled_order(owner)
    stranger = Client()
    stranger.force_login(make_stranger())
    number = Invoice.objects.get().number
    for address in (
        f"/invoices/{number}/",
        f"/invoices/{number}/invoice.pdf",
        f"/receipts/{order.number}/",
    ):
        assert stranger.get(address).status_code == 404


# --- the office -----------------------------------------------------------------------------------------


@pytest.fixture
def finance() -> User:
    return make_staff(Role.FINANCE)


@pytest.fixture
def invoice(owner: User) -> Invoice:
    return Invoice.objects.get(order=settled_order(owner))


def entry(**changes: str) -> dict[str, str]:
    now = jalali.tehran(clock.now())
    return {
        "tax_number": TAX_NUMBER.lower(), "reference": "r-1", "sent_on": jalali.latin_date(now),
        "sent_hour": f"{now:%H:%M}", "state": "sent", **changes,
    }  # fmt: skip


def test_finance_enters_the_tax_number_and_the_invoice_stays_as_issued(
    finance: User, invoice: Invoice
) -> None:
    office = office_client(finance)
    before = Invoice.objects.values().get()
    address = f"/office/billing/invoice/{invoice.pk}/tax-number/"
    assert office.post(address, entry()).status_code == 302
    noted = TaxSubmission.objects.get()
    assert (noted.tax_number, noted.state, noted.entered_by) == (TAX_NUMBER, "sent", finance)
    assert Invoice.objects.values().get() == before
    assert tax_fields.rows_of(invoice)[0]["taxid"] == TAX_NUMBER
    assert AuditEvent.objects.filter(verb="invoice.tax_number", actor_id=finance.pk).count() == 1
    assert TAX_NUMBER in body(office.get(f"/office/billing/invoice/{invoice.pk}/change/"))
    office.post(address, entry(state="accepted"))
    noted.refresh_from_db()
    assert noted.state == "accepted"
    assert AuditEvent.objects.filter(verb="invoice.tax_accepted").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tax_number": "A1"}, "tax_number"),
        ({"tax_number": "ش" * 22}, "tax_number"),
        ({"sent_on": "1402/01/01"}, "sent_on"),
        ({"sent_hour": "99"}, "sent_hour"),
        ({"state": ""}, "state"),
    ],
)
def test_a_wrong_entry_is_refused_beside_its_field(
    finance: User, invoice: Invoice, changes: dict[str, str], field: str
) -> None:
    address = f"/office/billing/invoice/{invoice.pk}/tax-number/"
    answer = office_client(finance).post(address, entry(**changes))
    assert answer.context["form"].errors.keys() == {field}
    assert not TaxSubmission.objects.exists()


def enter(invoice: Invoice, finance: User, number: str, state: str = "sent") -> None:
    tax_numbers.enter(invoice.pk, finance, number, reference="", sent_at=clock.now(), state=state)


def test_a_tax_number_belongs_to_one_invoice_and_an_invoice_has_one_until_it_is_rejected(
    owner: User, finance: User, invoice: Invoice
) -> None:
    other = Invoice.objects.get(order=settled_order(owner, "کافه نگار"))
    enter(invoice, finance, TAX_NUMBER)
    with pytest.raises(tax_numbers.Refused, match="پیش‌تر ثبت شده"):
        enter(other, finance, TAX_NUMBER)
    second = TAX_NUMBER.replace("A", "B")
    with pytest.raises(tax_numbers.Refused, match="برای این صورتحساب"):
        enter(invoice, finance, second)
    enter(invoice, finance, TAX_NUMBER, "rejected")
    enter(invoice, finance, second)
    assert tax_fields.tax_number_of(invoice) == second
    with pytest.raises(tax_numbers.Refused):
        enter(invoice, finance, TAX_NUMBER, "accepted")


def test_the_tax_number_comes_onto_the_pdf(finance: User, invoice: Invoice) -> None:
    PaperFile.objects.create(order=invoice.order, invoice=invoice, pdf="papers/old.pdf")
    enter(invoice, finance, TAX_NUMBER)
    assert PaperFile.objects.get(invoice=invoice).pdf == ""


def test_invoices_are_found_by_number_by_finance_alone(finance: User, invoice: Invoice) -> None:
    office = office_client(finance)
    found = body(office.get("/office/billing/invoice/", {"q": invoice.number}))
    assert f"/office/billing/invoice/{invoice.pk}/change/" in found
    missed = body(office.get("/office/billing/invoice/", {"q": "1399000001"}))
    assert f"/office/billing/invoice/{invoice.pk}/change/" not in missed
    support = office_client(make_staff(Role.SUPPORT))
    assert support.get("/office/billing/invoice/").status_code == 403
    assert (
        support.post(f"/office/billing/invoice/{invoice.pk}/tax-number/", entry()).status_code
        == 403
    )
