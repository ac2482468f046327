"""Exports: plain numbers, both calendars, no formulas, flat memory, and a note of who took what."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from billing import payments
from billing.finance import exporting
from billing.finance.export_tables import PAYMENTS, TABLES
from billing.finance.exporting import Export
from billing.models import AttemptState, OrderLine, PaymentAttempt
from septam import clock, jalali
from septam.exports import files
from septam.exports.columns import headings
from septam.exports.safe_cells import safe
from septam.models import AuditEvent
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.people import PASSWORD, make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 2, 24, 12, 0, tzinfo=clock.TEHRAN)


@pytest.fixture
def office() -> Client:
    return office_client(make_staff(Role.FINANCE))


@pytest.fixture
def _noon() -> Iterator[None]:
    clock.move_to(NOON)
    yield
    clock.move_to(None)


def address() -> str:
    return reverse("admin:billing_order_exports")


def asked(table: str, kind: str = "csv", **more: str) -> dict[str, str]:
    today = jalali.latin_date(clock.now())
    return {"table": table, "first": today, "last": today, "state": "", "gateway": "", "format": kind, "own_password": PASSWORD, **more}  # fmt: skip


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def csv_rows(response: Any) -> list[dict[str, str]]:
    content = body(response)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def sheet_rows(response: Any) -> list[dict[str, Any]]:
    page = load_workbook(io.BytesIO(body(response))).worksheets[0]
    head, *rows = page.iter_rows()
    assert not [cell.coordinate for row in rows for cell in row if cell.data_type == "f"]
    return [
        {str(name.value): cell.value for name, cell in zip(head, row, strict=True)} for row in rows
    ]


@pytest.mark.usefixtures("_noon")
def test_orders_and_payments_come_out_whole_in_both_formats(office: Client, bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(attempt.token))
    attempt.refresh_from_db()
    for kind, rows_of in (("csv", csv_rows), ("xlsx", sheet_rows)):
        (paid,) = rows_of(office.post(address(), asked("payments", kind)))
        assert str(paid["مبلغ (ریال)"]) == str(attempt.amount_rial) == "6932400"
        assert str(paid["شماره نزد بانک"]) == str(attempt.order_number)
        assert str(paid["شماره پیگیری بانک"]) == attempt.reference
        assert paid["تسویه با بانک (شمسی)"] == "1402/12/05"
        assert paid["تسویه با بانک (میلادی)"].startswith("2024-02-24 12:")
        (line,) = rows_of(office.post(address(), asked("orders", kind)))
        sums = {
            str(line[name]) for name in ("مبلغ پیش از ارزش افزوده (ریال)", "ارزش افزوده (ریال)")
        }
        assert sums == {"6360000", "572400"}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_taken_out(office: Client, bank: Bank, table: str) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(attempt.token))
    page = office.get(address(), asked(table)).content.decode()
    export = Export(TABLES[table], clock.today(), clock.today())
    if export.count():
        lines = list(export.lines())
        assert len(lines) == export.count() + 1
        assert {len(line) for line in lines} == {len(headings(TABLES[table].columns))}
    else:
        assert "در این بازه ردیفی نیست" in page
        assert "دریافت فایل" not in page.split("<h2", 2)[1]


def test_the_number_of_rows_is_shown_first_and_the_download_is_audited(
    office: Client, bank: Bank
) -> None:
    payments.start(make_order(make_owner()), GATEWAY)
    assert "۱</bdi> ردیف یافت شد" in office.get(address(), asked("payments")).content.decode()
    assert not AuditEvent.objects.filter(verb="finance.export").exists()
    body(office.post(address(), asked("payments", state="payments:sent", gateway=GATEWAY)))
    event, whose = AuditEvent.objects.filter(verb="finance.export").order_by("pk")
    assert whose.owner_ids, "each owner can read who took the own data out"
    assert event.detail["rows"] == 1
    assert (event.detail["table"], event.detail["state"]) == ("payments", "sent")
    assert event.detail["first"] == clock.today().isoformat()
    assert event.actor_id is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"table": "orders", "state": "payments:sent"}, "از جدول دیگری"),
        ({"table": "refunds", "gateway": GATEWAY}, "تنها جدول پرداخت‌ها"),
        ({"first": "1402/02/01", "last": "1402/01/01"}, "پیش از روز آغاز"),
        ({"first": "abc"}, "تاریخ"),
        ({"table": "users"}, "table"),
        ({"format": "exe"}, "format"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_leaves(
    office: Client, change: dict[str, str], words: str
) -> None:
    for answer in (
        office.get(address(), asked("orders") | change),
        office.post(address(), asked("orders") | change),
    ):
        assert answer.status_code == 200
        assert not answer.streaming
        assert words in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="finance.export").exists()


def test_an_empty_range_says_so_and_gives_no_file(office: Client) -> None:
    for kind in ("csv", "xlsx"):
        answer = office.post(address(), asked("orders", kind))
        assert "در این بازه ردیفی نیست" in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="finance.export").exists()


FORMULAS = ["=1+1", "+98", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u200f=1", "＝1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_begins_a_formula(office: Client, text: str) -> None:
    order = make_order(make_owner())
    OrderLine.objects.filter(order=order).update(title=text)
    (shown,) = csv_rows(office.post(address(), asked("orders")))
    assert shown["عنوان"].startswith("'")
    (cell,) = sheet_rows(office.post(address(), asked("orders", "xlsx")))
    assert str(cell["عنوان"]).startswith("'")


def test_harmless_text_and_numbers_stay_as_they_are() -> None:
    assert safe("طلافروشی - شعبه ۲") == "طلافروشی - شعبه ۲"
    assert safe("a\x00b") == "ab"
    assert safe("") == ""


def test_a_staff_member_without_the_permission_gets_nothing() -> None:
    client = office_client(make_staff(Role.SUPPORT))
    assert client.get(address(), asked("orders")).status_code == 403
    assert client.post(address(), asked("orders")).status_code == 403


def many_payments(count: int) -> None:
    """Settled payments of one order's kind, made by the database."""
    order = make_order(make_owner())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_order (number, owner_id, state, base_rial, vat_rial, payable_rial, created_at)"
            " SELECT 'x' || n, owner_id, state, base_rial, vat_rial, payable_rial, created_at"
            " FROM billing_order, generate_series(1, %s) n WHERE id = %s",
            [count, order.pk],
        )
        cursor.execute(
            "INSERT INTO billing_paymentattempt (order_id, gateway, order_number, amount_rial, state, token, reference,"
            " masked_card, card_hash, result_code, created_at, settled_at, checks)"
            " SELECT id, 'behpardakht', id, 1000, 'settled', '', 'r' || id, '', '', '', created_at, created_at, 0"
            " FROM billing_order WHERE number LIKE 'x%%'"
        )


def peak_of(pieces: Any) -> int:
    tracemalloc.start()
    for _piece in pieces:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _sheet_of(export: Export) -> Iterator[int]:
    with files.xlsx_file(export.table.name, export.lines()) as file:
        yield file.seek(0, 2)


def test_memory_stays_flat_however_many_rows_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 50)
    many_payments(150)
    export = Export(PAYMENTS, clock.today(), clock.today())
    few_csv = peak_of(files.csv_lines(export.lines()))
    few_xlsx = peak_of(_sheet_of(export))
    many_payments_more(10)
    assert export.count() == 1500
    assert peak_of(files.csv_lines(export.lines())) < few_csv * 1.3
    assert peak_of(_sheet_of(export)) < few_xlsx * 1.3


def many_payments_more(times: int) -> None:
    """Let there be `times` as many payments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_order (number, owner_id, state, base_rial, vat_rial, payable_rial, created_at)"
            " SELECT 'y' || o.id || '-' || n, owner_id, state, base_rial, vat_rial, payable_rial, created_at"
            " FROM billing_order o, generate_series(2, %s) n WHERE o.number LIKE 'x%%'",
            [times],
        )
        cursor.execute(
            "INSERT INTO billing_paymentattempt (order_id, gateway, order_number, amount_rial, state, token, reference,"
            " masked_card, card_hash, result_code, created_at, settled_at, checks)"
            " SELECT id, 'behpardakht', id, 1000, 'settled', '', 'r' || id, '', '', '', created_at, created_at, 0"
            " FROM billing_order WHERE number LIKE 'y%%'"
        )


def test_too_many_rows_are_asked_for_in_parts(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order(make_owner())
    monkeypatch.setattr(files, "MOST_ROWS", 0)
    answer = office.post(address(), asked("orders"))
    assert "بازه کوتاه‌تری" in answer.content.decode()


@pytest.mark.usefixtures("_noon")
def test_the_day_of_a_payment_is_the_day_of_its_settlement_in_tehran(bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    browser_back(bank.finish(attempt.token))
    late = datetime(2024, 2, 24, 23, 59, tzinfo=clock.TEHRAN)
    PaymentAttempt.objects.update(settled_at=late, state=AttemptState.SETTLED)
    day = late.date()
    assert Export(PAYMENTS, day, day).count() == 1
    assert Export(PAYMENTS, day + timedelta(days=1), day + timedelta(days=1)).count() == 0
