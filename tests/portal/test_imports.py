"""Import of reference data: what a file would do is said before, and then all of it happens or nothing."""

import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from accounts.models import Role, User
from billing.models import Tariff, VatRate
from inspections.models import Criterion, Holiday
from portal.imports import kinds, running
from portal.imports.reading import FileFault
from portal.models import ReferenceImport
from septam import clock, jalali
from septam.models import AuditEvent
from septam.refusal import Refusal
from sites.models import Category, City, Laboratory
from tests.make import (
    make_category,
    make_city,
    make_criteria,
    make_laboratory,
    make_prices,
    make_province,
)
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_staff(Role.MANAGER)


def file(text: str | bytes, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "داده.csv", text if isinstance(text, bytes) else text.encode(encoding)
    )


def checked(kind: str, text: str, user: User, encoding: str = "utf-8") -> ReferenceImport:
    return running.keep(kind, file(text, encoding), user)


def counts(kept: ReferenceImport) -> tuple[int, int, int, int]:
    return kept.added, kept.changed, kept.unchanged, kept.faulty


CITIES = "استان{s}شهر\nتهران{s}تهران\nتهران{s}ری\nآذربايجان شرقي{s}تبريز\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_spreadsheets_of_every_make_are_read(manager: User, separator: str, encoding: str) -> None:
    make_city()
    make_province("آذربایجان شرقی", "03", "041")
    kept = checked("cities", CITIES.format(s=separator), manager, encoding)
    assert counts(kept) == (2, 0, 1, 0)


def test_a_file_of_windows_1256_with_arabic_letters_becomes_persian(
    manager: User,
) -> None:
    text = "code,name,level,homogeneous\nS-99,كفاشي,2,كفش فروشي|كفاشي مردانه\n"
    kept = checked("categories", text, manager, "cp1256")
    running.run(kept.pk, manager)
    category = Category.objects.get(code="S-99")
    assert (category.name, category.level) == ("کفاشی", 2)
    assert set(category.names.values_list("name", flat=True)) == {
        "کفاشی",
        "کفش فروشی",
        "کفاشی مردانه",
    }


def test_nothing_changes_before_the_run_which_is_kept_with_its_digest_and_audited(
    manager: User,
) -> None:
    make_city()
    kept = checked("cities", "province,city\nتهران,ری\nتهران,تهران\n", manager)
    assert not City.objects.filter(name="ری").exists()
    running.run(kept.pk, manager)
    kept.refresh_from_db()
    assert City.objects.get(name="ری").search_key == "ری"
    assert (kept.run_by, len(kept.sha256)) == (manager, 64)
    assert kept.file.read().decode().startswith("province,city")
    event = AuditEvent.objects.get(verb="reference.import")
    assert (event.detail["kind"], event.detail["added"]) == ("cities", 1)
    with pytest.raises(Refusal, match="پیش‌تر اجرا"):
        running.run(kept.pk, manager)


def test_wrong_missing_and_double_columns_are_named_at_once(manager: User) -> None:
    with pytest.raises(FileFault) as refused:
        checked("cities", "استان,استان,جمعیت\nتهران,تهران,5\n", manager)
    assert refused.value.sentences == (
        "این ستون‌ها نیست: شهر.", "این ستون‌ها شناخته نیست: جمعیت.", "این ستون‌ها دو بار آمده است: province.",
    )  # fmt: skip
    for content in (b"", b"PK\x03\x04zip", b"a\0b"):
        with pytest.raises(FileFault):
            running.keep("cities", file(content), manager)


def test_faults_are_told_by_line_and_column_with_the_value_and_stop_the_whole_file(
    manager: User,
) -> None:
    make_category("کفاشی")
    code = Category.objects.get().code
    kept = checked(
        "categories",
        f"code,name,level,active\nN-1,نانوایی,SL9,بله\nN-2,,SL1,شاید\nN-3,کفاشی,SL1,\nN-4,خرازی,SL1,\nN-4,بزازی,SL1,\n{code},کیف‌فروشی,٣,\n",
        manager,
    )
    told = {(line, column, cell): message for line, column, cell, message in kept.report["faults"]}
    assert set(told) == {
        ("2", "سطح", "SL9"), ("3", "نام", ""), ("3", "فعال", "شاید"), ("4", "نام", "کفاشی"), ("6", "کد", "N-4"),
    }  # fmt: skip
    assert told["6", "کد", "N-4"] == "در سطر ۵ هم همین آمده است."
    assert counts(kept) == (1, 1, 0, 4)
    with pytest.raises(Refusal, match="ایراد دارد"):
        running.run(kept.pk, manager)
    assert Category.objects.count() == 1


@pytest.mark.parametrize("meanwhile", ["changed", "added"])
def test_a_row_changed_between_check_and_run_is_told_and_nothing_is_written(
    manager: User, meanwhile: str
) -> None:
    city = make_city()
    laboratory = make_laboratory("آزمایشگاه آتن", city)
    text = f"code,name,city,provinces,signatory\n{laboratory.code},آزمایشگاه آتن,تهران,تهران,دکتر نو\nL-9,آزمایشگاه نو,تهران - تهران,تهران,\n"
    kept = checked("laboratories", text, manager)
    assert counts(kept) == (1, 1, 0, 0)
    if meanwhile == "changed":
        Laboratory.objects.update(signatory="دکتر دیگر")
    else:
        Laboratory.objects.create(code="L-9", name="آزمایشگاه نو", city=city)
    with pytest.raises(Refusal, match="پس از بررسی فایل"):
        running.run(kept.pk, manager)
    assert not Laboratory.objects.filter(signatory="دکتر نو").exists()
    running.check_again(kept, manager)
    running.run(kept.pk, manager)
    assert Laboratory.objects.get(code="L-9").coverage.count() == 1
    assert Laboratory.objects.get(pk=laboratory.pk).signatory == "دکتر نو"


def test_the_files_of_set_up_are_imports_that_change_nothing(manager: User) -> None:
    """One form of columns for set-up and import; and what is downloaded can be sent back."""
    call_command("setup_reference", verbosity=0)
    for kind in kinds.TABLES:
        source = Path(settings.BASE_DIR) / "data" / f"{kind}.csv"
        if not source.exists() or kind == "criteria":
            continue
        kept = running.keep(kind, file(source.read_bytes()), manager)
        assert (kept.added, kept.changed, kept.report["faults"]) == (0, 0, []), kind
    client = office_client(User.objects.create_superuser("root-of-tests", "12345678"))
    for kind in kinds.TABLES:
        if kind != "criteria":
            present = b"".join(client.get(f"/office/import/{kind}/present.csv").streaming_content)  # type: ignore[arg-type]
            kept = running.keep(kind, file(present), manager)
            assert (kept.added, kept.changed, kept.report["faults"]) == (0, 0, []), kind


def test_each_value_of_a_new_row_is_told_before_and_after_the_run_and_codes_stand_as_they_are(
    manager: User,
) -> None:
    text = "code,name,level,homogeneous,active\nX1,كفاشي,2,كفش ۲ فروشي|چرم,بله\nX2,<b>خرازی,SL1,,\n"
    kept = checked("categories", text, manager, "utf-8")
    told = [
        "کد: X1", "نام: کفاشی", "سطح: سطح ۲ (SL2)", "نام‌های همگن: کفش ۲ فروشی | چرم", "فعال: بله",
    ]  # fmt: skip
    assert kept.report["samples"][0] == ["2", "add", "X1", "", "\n".join(told)]
    client, path = office_client(manager), f"/office/import/file/{kept.pk}/"
    for press in ("check", "run"):
        page = client.post(path, {"press": press}, follow=True).content.decode()
        assert "<bdi>X1</bdi>" in page
        assert "<br>".join(told) in page
        assert "نام: &lt;b&gt;خرازی" in page
    changed = checked("categories", "code,name,level\nX1,کفش‌فروشی,3\n", manager)
    assert changed.report["samples"][0][3:] == [
        "نام: کفاشی\nسطح: سطح ۲ (SL2)",
        "نام: کفش‌فروشی\nسطح: سطح ۳ (SL3)\nنام‌های همگن: کفش‌فروشی",
    ]


def test_a_changed_laboratory_and_price_are_told_with_names_and_jalali_days(manager: User) -> None:
    city = make_city()
    make_city("ری")
    laboratory = make_laboratory("آزمایشگاه آتن", city)
    text = f"code,name,city,licence_until\n{laboratory.code},آزمایشگاه آتن,ری,2027-03-21\n"
    changed = checked("laboratories", text, manager)
    assert changed.report["samples"][0][4] == "پایان پروانه: ۱۴۰۶/۰۱/۰۱\nشهر: ری"
    soon = jalali.format_date(clock.today() + timedelta(days=10))
    head = "kind,level,area_from,area_to,province,price_rial,valid_from\n"
    price = checked("tariffs", f"{head}first,SL1,0,50.5,,7000000,{soon}\n", manager)
    assert "مبلغ (ریال): ۷٬۰۰۰٬۰۰۰" in price.report["samples"][0][4]
    assert f"معتبر از: {soon}" in price.report["samples"][0][4]


def test_a_new_price_ends_the_one_before_and_what_is_in_force_is_not_rewritten(
    manager: User,
) -> None:
    make_prices()
    soon = jalali.format_date(clock.today() + timedelta(days=10))
    head = "kind,level,area_from,area_to,province,price_rial,valid_from\n"
    good = f"{head}بازدید نخست,SL1,0,,,۷٬۰۰۰٬۰۰۰,{soon}\n"
    kept = checked("tariffs", good.replace("۷٬۰۰۰٬۰۰۰", '"7,000,000"'), manager)
    assert counts(kept) == (1, 0, 0, 0)
    assert Tariff.objects.filter(price_rial=7_000_000).count() == 0
    running.run(kept.pk, manager)
    old, new = Tariff.objects.filter(kind="first", level=1).order_by("days")
    assert (old.days.upper, new.price_rial, new.days.upper) == (new.days.lower, 7_000_000, None)
    in_force = checked(
        "tariffs",
        f"{head}first,SL1,0,,,1,1400/01/01\nfirst,SL2,0,,,5,{jalali.format_date(clock.today())}\n",
        manager,
    )
    assert counts(in_force) == (0, 0, 0, 2)
    gap = checked(
        "vat_rates", f"valid_from,basis_points,valid_to\n{soon},1200,1390/01/01\n", manager
    )
    assert [column for _line, column, _cell, _text in gap.report["faults"]] == [
        "پایان (نخستین روز پس از آن)"
    ]
    assert VatRate.objects.count() == 2


def test_closures_holidays_and_criteria_of_the_draft_are_taken(manager: User) -> None:
    make_province()
    make_criteria()
    draft = make_criteria(2)
    type(draft).objects.filter(pk=draft.pk).update(
        published_at=None
    ) if not draft.published_at else None
    for kind, text in {
        "holidays": "day,name\n1405/01/01,نوروز\n2026-03-22,نوروز\n",
        "closures": "day,province,reason\n1405/09/01,تهران,آلودگی هوا\n1405/09/01,تهرون,آلودگی\n",
    }.items():
        kept = checked(kind, text, manager)
        assert kept.added == (2 if kind == "holidays" else 1)
        called = [row[2] for row in kept.report["samples"]]
        assert called[0] in ("۱۴۰۵/۰۱/۰۱ – نوروز", "۱۴۰۵/۰۹/۰۱ – تهران", "PV-01"), called
    assert kept.report["faults"] == [["3", "استان", "تهرون", "استانی با این نام نیست."]]
    text = "code,group,title,type,unit,sl1,severity,photo\nPV-90,ضبط,ظرفیت,number_min,روز,۳۰,major,never\n"
    assert "پیش‌نویسی" in checked("criteria", text, manager).report["faults"][0][3]
    assert Holiday.objects.count() == 0
    assert Criterion.objects.filter(code="PV-90").count() == 0


def test_a_long_file_passes_in_pieces_and_a_longer_one_is_refused(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a line costs in memory is a few numbers of its key: 100,000 of them stay below 20 MB."""
    make_province()
    monkeypatch.setattr(kinds.TABLES["cities"], "most_lines", 2_500)
    lines = "province,city\n" + "".join(f"تهران,شهر {number}\n" for number in range(2_500))
    tracemalloc.start()
    kept = checked("cities", lines, manager)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counts(kept) == (2_500, 0, 0, 0)
    assert peak < 8 * 1024 * 1024
    with pytest.raises(FileFault, match="بیش از ۲٬۵۰۰ سطر"):
        checked("cities", f"{lines}تهران,یکی دیگر\n", manager)


def test_on_the_pages_a_manager_checks_and_runs_and_finance_sees_prices_alone(
    manager: User,
) -> None:
    make_city()
    client = office_client(manager)
    answer = client.post("/office/import/cities/", {"file": file("شهر\nری\n")})
    assert "این ستون‌ها نیست: استان." in answer.content.decode()
    answer = client.post(
        "/office/import/cities/", {"file": file("استان,شهر\nتهران,ری\n")}, follow=True
    )
    page = answer.content.decode()
    assert "ردیف‌های تازه" in page
    path = answer.redirect_chain[-1][0]
    assert "ثبت شده است" in client.post(path, {"press": "run"}, follow=True).content.decode()
    assert City.objects.filter(name="ری").exists()
    finance = office_client(make_staff(Role.FINANCE))
    page = finance.get("/office/import/").content.decode()
    assert "تعرفه‌ها" in page
    assert "شهرها" not in page[page.index('id="content-main"') :]
    assert finance.get(path).status_code == 403
