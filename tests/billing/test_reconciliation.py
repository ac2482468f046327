"""Reconciliation: the bank's report against our payments, and files that cannot be one."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import Role
from billing import payments
from billing.finance import bank_reports, file_reading, open_days, reconciliation, watch
from billing.finance.bank_lines import read_lines
from billing.finance.file_reading import FileRefused, read_rows
from billing.models import AttemptState, BankFile, BankFileRow, PaymentAttempt
from septam import clock, jalali
from septam.models import AuditEvent
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.people import make_owner, make_staff, office_client

HEAD = "شماره سفارش,شماره مرجع تراکنش,مبلغ,تاریخ تراکنش,ساعت تراکنش,وضعیت"
ROW = "101,5001,6932400,1402/12/05,14:03:22,واریز شده"
NOW = datetime(2024, 2, 27, 12, 0, tzinfo=clock.TEHRAN)


def sheet(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines_of(content: bytes, gateway: str = GATEWAY, terminal: str = "") -> list[Any]:
    return read_lines(read_rows(content), gateway, terminal)


def refusal_of(content: bytes, gateway: str = GATEWAY, terminal: str = "") -> FileRefused:
    with pytest.raises(FileRefused) as found:
        lines_of(content, gateway, terminal)
    return found.value


# --- reading, without the database ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{ROW}\n".encode(),
        f"\ufeff{HEAD}\r\n\r\n{ROW}\r\n\r\n".encode(),
        f"{HEAD}\n{ROW}\n".encode("utf-16"),
        f"{HEAD}\n{ROW}\n".replace(",", ";").encode(),
        f"{HEAD}\n{ROW}\n".replace(",", "\t").encode(),
        f"{HEAD}\n{ROW}\n".replace("ی", "ي").replace("ک", "ك").encode("cp1256"),
        f"گزارش تراکنش‌ها\nپذیرنده,سپتام\n{HEAD}\n{ROW}\n".encode(),
        (f"{HEAD}\n" + ROW.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))).encode(),
        (f"{HEAD}\n" + ROW.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))).encode(),
        f'{HEAD}\n101,5001,"6,932,400",1402/12/05,14:03:22,واریز شده\n,,6932400,,,\n'.encode(),
        f"{HEAD}\n101,5001,6932400 ریال,2024-02-24,14:03:22,Settled\n".encode(),
        b"SaleOrderId,SaleReferenceId,Amount,Date,Status\n101,5001,6932400,14021205 14:03:22,0\n",
    ],
    ids=[
        "utf-8", "mark and empty lines", "utf-16", "semicolons", "tabs", "windows and arabic letters", "title above",
        "persian digits", "arabic digits", "separators and a line of sums", "gregorian and unit", "english names",
    ],
)  # fmt: skip
def test_a_report_is_read_however_the_bank_writes_it(content: bytes) -> None:
    (line,) = lines_of(content)
    assert (line.order_number, line.reference, line.amount_rial) == (101, "5001", 6_932_400)
    assert jalali.latin_date(line.day) == "1402/12/05"
    assert str(line.hour) == "14:03:22"
    assert line.outcome == "paid"


def test_an_excel_report_is_read_like_a_csv() -> None:
    head = HEAD.split(",")
    row = [101, "5001", 6_932_400, datetime(2024, 2, 24, 14, 3, 22), None, "موفق"]  # noqa: DTZ001
    (line,) = lines_of(sheet([["گزارش روز"], head, row]))
    assert (line.order_number, line.amount_rial, line.outcome) == (101, 6_932_400, "paid")
    assert str(line.day) == "2024-02-24"


def test_a_payment_and_its_reversal_are_one_reversed_payment() -> None:
    reversed_row = ROW.replace("واریز شده", "برگشت خورده")
    (line,) = lines_of(f"{HEAD}\n{ROW}\n{reversed_row}\n".encode())
    assert line.outcome == "reversed"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (file_reading.MAX_UNPACKED + 1))
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>')  # fmt: skip
    return out.getvalue()


WRONG: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b" \n", "empty", "خالی"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "binary", "CSV"),
    "pdf": (lambda: b"%PDF-1.7\n...", "other_kind", "CSV"),
    "web page": (lambda: b"<!DOCTYPE html><html><table></table></html>", "other_kind", "CSV"),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old_excel", "xlsx"),
    "bomb": (bomb, "zip_bomb", "بزرگ"),
    "entities": (entities, "declarations", "خراب"),
    "not really excel": (lambda: b"PK\x03\x04" + b"x" * 200, "broken_zip", "خراب"),
    "other archive": (lambda: _zip("a.txt"), "broken_sheet", "خراب"),
    "too large": (lambda: b"1,2\n" * 3_000_000, "too_large", "۱۰ مگابایت"),
    "too many rows": (lambda: b"1,2\n" * 50_001, "too_many_rows", "۵۰۰۰۰"),
    "other columns": (lambda: b"name,family\nali,rezaei\n", "columns", "شماره سفارش"),
    "one column short": (lambda: f"{HEAD}\n{ROW}".replace("مبلغ", "جمع").encode(), "columns", "مبلغ"),
    "no rows": (lambda: HEAD.encode(), "no_rows", "ردیف"),
    "decimals": (lambda: f"{HEAD}\n{ROW}".replace("6932400", "6932400.5").encode(), "amount", "۲"),
    "no amount": (lambda: f"{HEAD}\n{ROW}".replace("6932400", "").encode(), "amount", "مبلغ"),
    "negative": (lambda: f"{HEAD}\n{ROW}".replace("6932400", "-5").encode(), "amount", "مبلغ"),
    "rounded": (lambda: f"{HEAD}\n{ROW}".replace("101,", "1.01703E+15,").encode(), "rounded", "۲"),
    "twice": (lambda: f"{HEAD}\n{ROW}\n{ROW}".encode(), "double", "۳"),
    "no such day": (lambda: f"{HEAD}\n{ROW}".replace("1402/12/05", "1402/13/05").encode(), "date", "تاریخ"),
    "unknown state": (lambda: f"{HEAD}\n{ROW}".replace("واریز شده", "نامعلوم").encode(), "status", "نامعلوم"),
    "no key": (lambda: f"{HEAD}\n{ROW}".replace("101,5001", ",").encode(), "no_key", "۲"),
}  # fmt: skip


def _zip(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_a_clear_persian_line(name: str) -> None:
    make, code, words = WRONG[name]
    refusal = refusal_of(make())
    assert refusal.code == code
    assert words in str(refusal)
    assert "%(" not in str(refusal)


def test_a_report_of_another_terminal_is_refused() -> None:
    content = f"{HEAD},پایانه\n{ROW},7654321\n".encode()
    assert refusal_of(content, terminal="1234567").code == "terminal"
    assert len(lines_of(content, terminal="7654321")) == 1


def test_the_columns_of_another_gateway_are_recognised() -> None:
    content = "کد پیگیری,مبلغ,تاریخ,وضعیت\n5001,6932400,1402/12/05,موفق\n".encode()
    assert refusal_of(content).code == "other_bank"
    assert lines_of(content, "zarinpal")[0].order_number is None


def test_every_name_in_the_data_file_is_told_apart() -> None:
    for report in bank_reports.reports().values():
        keys = [key for column in report.columns for key in column.keys]
        assert len(keys) == len(set(keys))
    assert set(bank_reports.outcomes().values()) == {"paid", "reversed", "failed"}


def test_a_sheet_with_an_endless_row_number_is_cut_short(tmp_path: Path) -> None:
    whole = sheet([HEAD.split(","), ["101"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            text = old.read(entry).replace(b'r="2"', b'r="1048576"').replace(b'r="A2"', b'r="A1048576"')  # fmt: skip
            new.writestr(entry, text)
    with pytest.raises(FileRefused):
        lines_of(out.getvalue())


# --- comparing ------------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Client:
    return office_client(make_staff(Role.FINANCE))


def paid(bank: Bank, mobile: str = "09121234567") -> PaymentAttempt:
    attempt = payments.start(make_order(make_owner(mobile)), GATEWAY)
    browser_back(bank.finish(attempt.token))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SETTLED
    return attempt


def row_of(attempt: PaymentAttempt, **changes: str) -> str:
    moment = jalali.tehran(attempt.settled_at or attempt.created_at)
    values = {
        "number": str(attempt.order_number), "reference": attempt.reference or "7", "amount": str(attempt.amount_rial),
        "day": jalali.latin_date(moment), "hour": f"{moment:%H:%M:%S}", "state": "واریز شده",
    }  # fmt: skip
    return ",".join((values | changes).values())


def upload(client: Client, content: bytes, name: str = "report.csv", gateway: str = GATEWAY) -> Any:
    file = SimpleUploadedFile(name, content)
    address = reverse("admin:billing_bankfile_add")
    return client.post(address, {"gateway": gateway, "file": file}, follow=True)


def kinds() -> dict[str, int]:
    return {row.kind: row.line for row in BankFileRow.objects.order_by("-line")}


@pytest.mark.django_db
def test_a_files_name_that_is_too_long_is_told_in_plain_words(office: Client) -> None:
    page = upload(office, HEAD.encode(), "a" * 201 + ".csv").content.decode()
    assert "نام این فایل ۲۰۵ نویسه دارد؛ نامی با حداکثر ۲۰۰ نویسه به آن بدهید" in page


@pytest.mark.django_db
def test_each_kind_of_difference_is_found_and_shown(office: Client, bank: Bank) -> None:
    agrees, other_sum, returned, missing, other_reference = (
        paid(bank, f"0912123456{n}") for n in range(5)
    )
    unpaid = payments.start(make_order(make_owner("09121234569")), GATEWAY)
    clock.move_to(clock.now() + timedelta(days=1))
    rows = [
        row_of(agrees), row_of(other_sum, amount="1000"), row_of(returned, state="برگشت خورده"),
        row_of(other_reference, reference="99"), row_of(unpaid), row_of(agrees, number="424242", reference="8"),
        row_of(agrees, number="434343", reference="9", state="برگشت خورده"),
    ]  # fmt: skip
    page = upload(office, "\n".join([HEAD, *rows]).encode()).content.decode()
    assert kinds() == {
        "agrees": 2, "amount_differs": 3, "returned_there": 4, "reference_differs": 5, "unpaid_here": 6,
        "only_bank": 7, "neither": 8, "only_here": 0,
    }  # fmt: skip
    assert BankFileRow.objects.get(kind="only_here").attempt == missing
    link = reverse("admin:billing_paymentattempt_change", args=[unpaid.pk])
    assert link in page
    assert "در فایل بانک نیست" in page
    unpaid.refresh_from_db()
    assert unpaid.state == AttemptState.SENT
    assert AuditEvent.objects.filter(verb="finance.reconcile").count() == 1


@pytest.mark.django_db
def test_the_simulated_banks_own_report_agrees_with_us(office: Client, bank: Bank) -> None:
    paid(bank)
    paid(bank, "09121234561")
    report = requests.get(f"{bank.url}/_control/report.csv", timeout=5).content
    assert upload(office, report).status_code == 200
    file = BankFile.objects.get()
    ours = set(PaymentAttempt.objects.values_list("pk", flat=True))
    agreeing = file.rows.filter(kind="agrees").values_list("attempt_id", flat=True)
    assert ours <= set(agreeing)


@pytest.mark.django_db
def test_a_difference_is_settled_once_with_a_note(office: Client, bank: Bank) -> None:
    attempt = paid(bank)
    clock.move_to(clock.now() + timedelta(days=1))
    upload(office, f"{HEAD}\n{row_of(attempt, amount='1000')}".encode())
    row = BankFileRow.objects.get()
    address = reverse("admin:billing_bankfilerow_settle", args=[row.pk])
    empty = office.post(address, {"note": ""})
    assert empty.status_code == 200
    office.post(address, {"note": "با بانک تماس گرفته شد؛ کارمزد کم شده بود."})
    row.refresh_from_db()
    assert row.settled_at is not None
    assert "کارمزد" in row.note
    kept = row.note
    again = office.post(address, {"note": "یادداشت دیگری"}, follow=True)
    assert "پیش‌تر" in again.content.decode()
    row.refresh_from_db()
    assert row.note == kept
    assert AuditEvent.objects.filter(verb="finance.settle_difference").count() == 1
    office.post(reverse("admin:billing_bankfile_compare", args=[row.file_id]))
    row.refresh_from_db()
    assert (row.kind, row.note) == ("amount_differs", kept)


@pytest.mark.django_db
def test_comparing_again_sees_what_became_of_a_payment(office: Client, bank: Bank) -> None:
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    fields = bank.finish(attempt.token)
    clock.move_to(clock.now() + timedelta(seconds=1))
    upload(office, f"{HEAD}\n{row_of(attempt, reference=fields['SaleReferenceId'])}".encode())
    row = BankFileRow.objects.get()
    assert row.kind == "unpaid_here"
    browser_back(fields)
    office.post(reverse("admin:billing_bankfile_compare", args=[row.file_id]))
    row.refresh_from_db()
    assert row.kind == "agrees"


@pytest.mark.django_db
def test_a_payment_around_midnight_is_missing_only_until_the_other_days_file(office: Client, bank: Bank) -> None:  # fmt: skip
    night, noon = paid(bank), paid(bank, "09121234561")
    clock.move_to(clock.now() + timedelta(days=2))
    upload(office, f"{HEAD}\n{row_of(noon)}".encode())
    missing = BankFileRow.objects.get(kind="only_here")
    assert missing.attempt == night
    day_before = jalali.latin_date((night.settled_at or clock.now()) - timedelta(days=1))
    upload(office, f"{HEAD}\n{row_of(night, day=day_before, hour='23:59:58')}".encode(), "b.csv")
    missing.refresh_from_db()
    assert missing.settled_at is not None
    assert missing.settled_by is None
    assert not reconciliation.differences().exists()


@pytest.mark.django_db
def test_a_day_without_a_report_stands_on_the_offices_pages_until_it_is_done(office: Client, bank: Bank) -> None:  # fmt: skip
    attempt = paid(bank)
    assert open_days.open_days() == []
    report = f"{HEAD}\n{row_of(attempt)}".encode()
    upload(office, report, "early.csv")
    clock.move_to(clock.now() + timedelta(days=1))
    (day,) = open_days.open_days()
    assert (day.count, day.amount_rial) == (1, attempt.amount_rial)
    page = office.get(reverse("admin:billing_bankfile_changelist")).content.decode()
    assert "هنوز مغایرت‌گیری نشده" in page
    assert [alarm.permission for alarm in watch.watch()] == ["billing.view_bankfile"]
    upload(office, report + b"\n", "late.csv")
    assert open_days.open_days() == []
    assert list(watch.watch()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["empty", "picture", "bomb", "other columns", "decimals", "twice"])
def test_a_refused_file_changes_nothing_and_leaves_one_line_in_the_log(
    office: Client, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, code, words = WRONG[name]
    answer = upload(office, make(), "x.csv")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert 'id="id_file_error"' in page
    assert not BankFile.objects.exists()
    said = [record.getMessage() for record in caplog.records if "bank file refused" in record.getMessage()]  # fmt: skip
    assert len(said) == 1
    assert code in said[0]


@pytest.mark.django_db
def test_the_same_file_is_taken_once(office: Client, bank: Bank) -> None:
    report = f"{HEAD}\n{row_of(paid(bank))}".encode()
    upload(office, report)
    assert "پیش‌تر" in upload(office, report, "renamed.csv").content.decode()
    assert BankFile.objects.count() == 1


@pytest.mark.django_db
def test_a_file_of_payments_at_another_gateway_is_refused(office: Client, bank: Bank) -> None:
    attempt = paid(bank)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(gateway="parsian")
    upload(office, f"{HEAD}\n{row_of(attempt)}".encode())
    assert not BankFile.objects.exists()


@pytest.mark.django_db
def test_a_file_from_the_future_or_over_a_year_is_refused(office: Client) -> None:
    clock.move_to(NOW)
    for other in ("1403/12/05", "1401/12/05"):
        content = f"{HEAD}\n{ROW}\n{ROW.replace('1402/12/05', other).replace('101,5001', '102,5002')}"  # fmt: skip
        upload(office, content.encode())
    assert not BankFile.objects.exists()


@pytest.mark.django_db
def test_a_large_file_costs_no_more_queries_than_a_small_one(
    office: Client, django_assert_max_num_queries: Any
) -> None:
    clock.move_to(NOW)
    rows = [ROW.replace("101,5001", f"{n},{n}") for n in range(1, 6001)]
    with django_assert_max_num_queries(45):
        upload(office, "\n".join([HEAD, *rows]).encode())
    assert BankFileRow.objects.filter(kind="only_bank").count() == 6000
