"""Statements in the office: who sees which, closing with the own password, and the files."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from billing.models import ShareRule, ShareStatement
from billing.shares import sheets, statements
from billing.shares.months import Month
from septam import clock, jalali
from septam.models import AuditEvent
from tests.billing.test_shares import FARVARDIN, ORDIBEHESHT, START, make_rule, paid_visit, to_month
from tests.make import make_city, make_laboratory, make_province
from tests.people import PASSWORD, make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance() -> User:
    return make_staff(Role.FINANCE)


@pytest.fixture
def statement(finance: User) -> ShareStatement:
    clock.move_to(START)
    line = paid_visit(make_owner(), "=cmd|طلافروشی")
    make_rule(line.request.laboratory)
    to_month(ORDIBEHESHT)
    return statements.close(line.request.laboratory_id, FARVARDIN, finance)


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"admin:{name}", args=args)).content.decode()


def test_a_laboratorys_manager_sees_the_own_statements_only(statement: ShareStatement) -> None:
    ours = office_client(make_staff(Role.LAB_MANAGER, statement.laboratory))
    city = make_city("تبریز", make_province("آذربایجان شرقی", "03", "041"))
    theirs = office_client(make_staff(Role.LAB_MANAGER, make_laboratory("آزمایشگاه دیگر", city)))
    assert statement.number in page(ours, "billing_sharestatement_changelist")
    assert statement.number not in page(theirs, "billing_sharestatement_changelist")
    for view in ("change", "csv", "pdf"):
        address = reverse(f"admin:billing_sharestatement_{view}", args=[statement.pk])
        assert ours.get(address).status_code == 200
        assert theirs.get(address).status_code == 404
    for view in ("months", "paid"):
        args = [] if view == "months" else [statement.pk]
        address = reverse(f"admin:billing_sharestatement_{view}", args=args)
        assert ours.get(address).status_code == 403


def test_finance_closes_a_month_and_notes_its_payment_with_the_own_password(finance: User) -> None:
    clock.move_to(START)
    laboratory = paid_visit(make_owner(), "طلافروشی حسینی").request.laboratory
    make_rule(laboratory)
    office = office_client(finance)
    address = reverse("admin:billing_sharestatement_close", args=[laboratory.pk, 1405, 1])
    assert "هنوز پایان نیافته" in office.get(address).content.decode()
    to_month(ORDIBEHESHT)
    assert "فروردین ۱۴۰۵" in page(office, "billing_sharestatement_months")
    office.post(address, {"own_password": "not-mine"})
    assert not ShareStatement.objects.exists()
    assert office.post(address, {"own_password": PASSWORD}).status_code == 302
    statement = ShareStatement.objects.get()
    shown = page(office, "billing_sharestatement_change", statement.pk)
    assert "۴٬۴۵۲٬۰۰۰" in shown
    paid = reverse("admin:billing_sharestatement_paid", args=[statement.pk])
    office.post(paid, {"reference": "778899", "own_password": PASSWORD})
    statement.refresh_from_db()
    assert (statement.paid_reference, statement.paid_by) == ("778899", finance)
    verbs = AuditEvent.objects.filter(verb__startswith="share.").values_list("verb", flat=True)
    assert set(verbs) == {"share.close", "share.paid"}


def test_the_csv_is_for_programs_and_safe_to_open(statement: ShareStatement) -> None:
    text = sheets.csv_file(statement).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text))
    cells = dict(zip(head, row, strict=True))
    assert cells["day"] == "1405/01/12"
    assert (cells["base_rial"], cells["laboratory_rial"]) == ("6360000", "4452000")
    assert cells["place"].startswith("'=")


def test_the_pdf_is_a_pdf_and_a_picture_of_it_can_be_made(statement: ShareStatement) -> None:
    assert sheets.pdf(statement).startswith(b"%PDF")
    assert sheets.picture(statement).startswith(b"\x89PNG")


def test_of_a_rule_that_is_there_only_the_end_can_be_set(
    statement: ShareStatement, finance: User
) -> None:
    office = office_client(finance)
    rule = ShareRule.objects.get()
    address = reverse("admin:billing_sharerule_change", args=[rule.pk])
    given = {
        "laboratory": rule.laboratory_id, "kind": "", "basis_points": "9000",
        "first_day": "1405/01/01", "last_day": "1405/04/01",
    }  # fmt: skip
    assert office.post(address, given).status_code == 302
    rule.refresh_from_db()
    assert rule.basis_points == 7000
    assert rule.days.upper is not None
    assert Month.of(rule.days.upper) == Month(1405, 4)
    add = reverse("admin:billing_sharerule_add")
    wrong = office.post(add, {**given, "first_day": "1405/03/01", "last_day": ""})
    assert "قاعده دیگری" in wrong.content.decode()
    assert office.post(add, {**given, "first_day": "1405/04/01", "last_day": ""}).status_code == 302
    assert ShareRule.objects.count() == 2


def test_another_rule_of_a_laboratory_begins_tomorrow_at_the_earliest(
    statement: ShareStatement, finance: User
) -> None:
    """Else one of finance gives it the whole of a month that has been earned already."""
    office, rule = office_client(finance), ShareRule.objects.get()
    given = {
        "laboratory": rule.laboratory_id,
        "kind": "first",
        "basis_points": "10000",
        "last_day": "",
    }
    add, days = reverse("admin:billing_sharerule_add"), (0, 1)
    today, tomorrow = (jalali.format_date(clock.today() + timedelta(days=n)) for n in days)
    refused = office.post(add, given | {"first_day": today})
    assert "زودتر از فردا آغاز نمی‌شود" in refused.content.decode()
    assert office.post(add, given | {"first_day": tomorrow}).status_code == 302


def test_no_rule_changes_a_month_that_is_over(statement: ShareStatement, finance: User) -> None:
    office, rule = office_client(finance), ShareRule.objects.get()
    given = {"laboratory": rule.laboratory_id, "kind": "first", "basis_points": "10000"}
    past = {**given, "first_day": "1405/01/31", "last_day": "1405/03/01"}
    refused = office.post(reverse("admin:billing_sharerule_add"), past)
    assert "ماهی را که گذشته است تغییر نمی‌دهد" in refused.content.decode()
    address = reverse("admin:billing_sharerule_change", args=[rule.pk])
    refused = office.post(address, {"last_day": "1405/01/20"})
    assert "ماهی را که گذشته است تغییر نمی‌دهد" in refused.content.decode()
    assert ShareRule.objects.get().days == rule.days


def test_a_month_is_twelve_or_one_and_begins_at_midnight_in_tehran() -> None:
    last = Month(1404, 12)
    assert (last.next, Month(1405, 1).before) == (Month(1405, 1), last)
    assert last.ends == Month(1405, 1).begins
    assert clock.in_tehran(last.ends).hour == 0
    assert Month.of(last.ends - timedelta(seconds=1)) == last
