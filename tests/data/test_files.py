"""The reference files under data/ hold what they promise, before any command loads them."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import jdatetime
import pytest

from notifications.length import parts
from septam.digits import to_persian

DATA = Path(__file__).resolve().parents[2] / "data"
LEVELS = ("sl1", "sl2", "sl3", "sl4")
FILES = sorted(path.name for path in DATA.glob("*.csv"))

# The longest value each placeholder may have in an SMS.
LONGEST = {
    "pw": "48213705",
    "code": "482137",
    "amount": "۹٬۹۹۹٬۹۹۹٬۹۹۹",
    "place": "فروشگاه بزرگ طلا و جو…",
    "ref": "140501060042123",
    "n": "۲۰",
    "count": "۱۲۰۰",
    "province": "چهارمحال و بختیاری",
    "lab": "دیده‌سنج‌البرز",
    "when": "چهارشنبه ۳۱ اردیبهشت ساعت ۴:۳۰ بعدازظهر",
    "due": "چهارشنبه ۳۱ اردیبهشت",
    "expert": "محمدی‌نژاد‌اصفهانی",
    "ecode": "10234",
    "time": "ساعت‌۴:۳۰‌بعدازظهر",
    "date": "۱۴۰۳/۰۷/۰۶",
    "site": "septam.example",
    "cert": "K7M4-9QXT-2H",
    "card": "1234",
    "tel": "۰۲۱۰۰۰۰۰۰۰۰",
    "until": "۱۴۰۳/۰۲/۲۶",
    "hours": "۴۸",
    "stop": "abcdefgh2345",
    "number": "140506004212",
}


def rows(name: str) -> list[dict[str, str]]:
    """Every row of a data file, by column name."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def split(cell: str) -> list[str]:
    """The values of a cell that holds several."""
    return cell.split("|") if cell else []


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_exactly_the_columns_of_its_header(name: str) -> None:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, strict=True))
    assert len(lines) > 1
    assert {len(line) for line in lines} == {len(lines[0])}


@pytest.mark.parametrize("name", [*FILES, "terms.md"])
def test_letters_are_persian_and_nothing_invisible_slips_in(name: str) -> None:
    text = (DATA / name).read_bytes().decode("utf-8")
    assert not re.search(
        "[\u064a\u0649\u0643\u0660-\u0669\ufeff\u200b\u200e\u200f\u00a0\r\t]", text
    )
    assert "ڈ" not in text


@pytest.mark.parametrize("name", FILES)
def test_no_cell_has_a_stray_space_or_half_space(name: str) -> None:
    cells = [part for row in rows(name) for cell in row.values() for part in cell.split("|")]
    stray = re.compile("^[ \u200c\n]|[ \u200c\n]$|  | \u200c|\u200c[ \u200c]|[ \u200c]\n")
    assert [cell for cell in cells if stray.search(cell)] == []


def test_no_city_has_a_half_space_after_a_letter_that_does_not_join() -> None:
    useless = re.compile("[ادذرزژوآء]\u200c")
    assert [row["city"] for row in rows("cities.csv") if useless.search(row["city"])] == []


@pytest.mark.parametrize("name", [n for n in FILES if "is_sample" in rows(n)[0]])
def test_the_sample_mark_is_true_or_false(name: str) -> None:
    assert {row["is_sample"] for row in rows(name)} <= {"true", "false"}


@pytest.mark.parametrize(
    "name",
    [
        "categories",
        "laboratories",
        "criteria",
        "result_rules",
        "tariffs",
        "cloud_products",
        "travel_fees",
    ],
)
def test_what_is_not_official_says_that_it_is_a_sample(name: str) -> None:
    assert {row["is_sample"] for row in rows(f"{name}.csv")} == {"true"}


def test_there_are_31_provinces_each_with_its_own_area_code() -> None:
    provinces = rows("provinces.csv")
    assert [p["code"] for p in provinces] == [f"{n:02d}" for n in range(1, 32)]
    assert len({p["name"] for p in provinces}) == 31
    assert len({p["area_code"] for p in provinces}) == 31
    assert all(re.fullmatch(r"0[1-8]\d", p["area_code"]) for p in provinces)


@pytest.mark.parametrize(
    ("province", "area_code"),
    [("تهران", "021"), ("آذربایجان شرقی", "041"), ("مازندران", "011"), ("سیستان و بلوچستان", "054"),
     ("چهارمحال و بختیاری", "038"), ("کهگیلویه و بویراحمد", "074"), ("فارس", "071"), ("یزد", "035")],
)  # fmt: skip
def test_a_province_has_the_area_code_that_people_dial(province: str, area_code: str) -> None:
    assert {p["name"]: p["area_code"] for p in rows("provinces.csv")}[province] == area_code


def test_cities_are_nearly_all_and_unique_within_a_province() -> None:
    cities = [(row["province"], row["city"]) for row in rows("cities.csv")]
    assert 1240 <= len(cities) <= 1350
    assert len(set(cities)) == len(cities)
    folded = [(province, re.sub("[ \u200c]", "", city)) for province, city in cities]
    assert [pair for pair, n in Counter(folded).items() if n > 1] == []


def test_every_province_has_cities_and_its_seat_among_them() -> None:
    cities = {(row["province"], row["city"]) for row in rows("cities.csv")}
    provinces = rows("provinces.csv")
    assert {province for province, _ in cities} == {p["name"] for p in provinces}
    assert [p["name"] for p in provinces if (p["name"], p["seat"]) not in cities] == []


def test_a_name_that_two_provinces_share_stands_in_both() -> None:
    named = Counter(row["city"] for row in rows("cities.csv"))
    assert sum(n > 1 for n in named.values()) == 25
    assert named["نورآباد"] == 2
    assert named["خرم‌آباد"] == 2


def test_40_categories_have_the_level_counts_and_validity_of_the_scheme() -> None:
    categories = rows("categories.csv")
    assert len({c["code"] for c in categories}) == len({c["name"] for c in categories}) == 40
    assert Counter(c["level"] for c in categories) == {"SL1": 11, "SL2": 16, "SL3": 10, "SL4": 3}
    months = {(c["level"], c["validity_months"]) for c in categories}
    assert months == {("SL1", "12"), ("SL2", "12"), ("SL3", "6"), ("SL4", "6")}


def test_exchange_offices_and_jewellers_are_at_the_highest_level() -> None:
    level = {c["name"]: c["level"] for c in rows("categories.csv")}
    assert level["صرافی"] == level["طلا و جواهر فروشی"] == "SL4"


def test_homogeneous_names_are_164_and_unique_within_their_category() -> None:
    names = [split(c["homogeneous"]) for c in rows("categories.csv")]
    assert sum(map(len, names)) == 164
    assert all(found and len(set(found)) == len(found) for found in names)


def test_every_province_has_two_laboratories_but_one_that_has_a_single_choice() -> None:
    laboratories = rows("laboratories.csv")
    covered = Counter(province for lab in laboratories for province in split(lab["provinces"]))
    assert len(laboratories) == 10
    assert set(covered) == {p["name"] for p in rows("provinces.csv")}
    assert {p: n for p, n in covered.items() if n < 2} == {"سیستان و بلوچستان": 1}


def test_a_laboratory_is_marked_as_a_sample_and_sits_in_a_province_that_it_covers() -> None:
    cities = {(row["province"], row["city"]) for row in rows("cities.csv")}
    for lab in rows("laboratories.csv"):
        assert lab["name"].endswith("(نمونه)")
        assert any((province, lab["city"]) in cities for province in split(lab["provinces"])), lab[
            "code"
        ]


def test_each_level_asks_its_number_of_the_23_criteria() -> None:
    criteria = rows("criteria.csv")
    assert [c["code"] for c in criteria] == [f"PV-{n:02d}" for n in range(1, 24)]
    assert [sum(bool(c[level]) for c in criteria) for level in LEVELS] == [16, 21, 23, 23]


def rank(criterion: dict[str, str], level: str) -> int:
    """How much a criterion asks at a level, a higher number being harder; -1 when it is not asked."""
    value = criterion[level]
    if not value:
        return -1
    if criterion["type"] == "number_max":
        return 1_000_000 - int(value)
    if criterion["type"] == "choice_min":
        return split(criterion["choices"]).index(value)
    return int(value) if criterion["type"] == "number_min" else int(value == "yes")


@pytest.mark.parametrize("criterion", rows("criteria.csv"), ids=lambda c: c["code"])
def test_a_criterion_never_gets_easier_with_the_level(criterion: dict[str, str]) -> None:
    asked = [rank(criterion, level) for level in LEVELS]
    assert asked == sorted(asked)


def test_criteria_use_only_the_known_kinds() -> None:
    criteria = rows("criteria.csv")
    assert {c["type"] for c in criteria} == {"yesno", "number_min", "number_max", "choice_min"}
    assert {c["severity"] for c in criteria} == {"critical", "major", "minor"}
    assert {c["photo"] for c in criteria} <= {"never", "comment_only", "on_fail", "always"}
    assert {c["code"] for c in criteria if c["na_allowed"] == "true"} == {"PV-04", "PV-21"}


def test_no_photo_is_ever_taken_where_people_undress_or_passwords_show() -> None:
    photo = {c["code"]: c["photo"] for c in rows("criteria.csv")}
    assert photo["PV-06"] == "never"
    assert photo["PV-20"] == photo["PV-21"] == "comment_only"


def test_a_result_rule_stands_for_each_level_and_never_loosens() -> None:
    rules = rows("result_rules.csv")
    assert [r["level"] for r in rules] == ["SL1", "SL2", "SL3", "SL4"]
    assert {r["critical_allowed"] for r in rules} == {"0"}
    for column in ("major_allowed", "minor_allowed"):
        allowed = [int(r[column]) for r in rules]
        assert allowed == sorted(allowed, reverse=True)


def test_vat_is_9_percent_from_1394_and_10_from_1403() -> None:
    found = [(r["valid_from"], r["percent"], r["basis_points"]) for r in rows("vat_rates.csv")]
    assert found == [("2015-03-21", "9", "900"), ("2024-03-20", "10", "1000")]


@pytest.mark.parametrize(
    ("name", "day", "jalali"),
    [("vat_rates", "valid_from", "valid_from_jalali"), ("tariffs", "valid_from", "valid_from_jalali"),
     ("cloud_products", "valid_from", "valid_from_jalali"),
     ("travel_fees", "valid_from", "valid_from_jalali"), ("holidays", "day", "day_jalali")],
)  # fmt: skip
def test_both_calendars_name_the_same_day(name: str, day: str, jalali: str) -> None:
    for row in rows(f"{name}.csv"):
        year, month, number = map(int, row[jalali].split("/"))
        assert jdatetime.date(year, month, number).togregorian() == date.fromisoformat(row[day])


def test_a_tariff_stands_for_every_kind_level_and_area_without_gap_or_overlap() -> None:
    bands: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows("tariffs.csv"):
        bands.setdefault((row["kind"], row["level"]), []).append((row["area_from"], row["area_to"]))
    assert set(bands) == {
        (k, f"SL{n}") for k in ("first", "revisit", "repeat") for n in range(1, 5)
    }
    for found in bands.values():
        assert found == [("0", "50"), ("50", "200"), ("200", "1000"), ("1000", "")]


def price(kind: str, level: str, area_from: str) -> int:
    """The sample fee in rial."""
    wanted = {"kind": kind, "level": level, "area_from": area_from, "province": ""}
    [row] = [r for r in rows("tariffs.csv") if wanted.items() <= r.items()]
    return int(row["price_rial"])


def test_the_guides_fee_is_that_of_a_small_goldsmith_and_makes_the_guides_total() -> None:
    fee = price("first", "SL4", "0")
    assert fee == 6_360_000
    vat = {r["percent"]: fee * int(r["basis_points"]) // 10_000 for r in rows("vat_rates.csv")}
    assert (fee + vat["9"], fee + vat["10"]) == (6_932_400, 6_996_000)


@pytest.mark.parametrize("level", ["SL1", "SL2", "SL3", "SL4"])
@pytest.mark.parametrize("area", ["0", "50", "200", "1000"])
def test_a_revisit_costs_about_two_fifths_and_a_repeated_visit_the_full_fee(
    level: str, area: str
) -> None:
    first = price("first", level, area)
    assert abs(price("revisit", level, area) - first * 0.4) <= 500
    assert price("repeat", level, area) == first


def test_two_cloud_services_of_six_and_twelve_months_have_a_price_for_each_level() -> None:
    products = rows("cloud_products.csv")
    assert len({p["code"] for p in products}) == len({(p["name"], p["months"]) for p in products})
    assert [p["months"] for p in products] == ["12", "12", "6", "6"]
    for product in products:
        assert product["name"].startswith("سرویس ابری مخابرات")
        assert f"دوره سرویس {to_persian(product['months'])} ماه است" in product["terms"]
        assert all(int(product[f"{level}_rial"]) > 0 for level in LEVELS)


def test_travel_fees_name_provinces_and_cities_that_exist_and_spare_the_guides() -> None:
    fees = rows("travel_fees.csv")
    provinces = {row["name"] for row in rows("provinces.csv")}
    cities = {(row["province"], row["city"]) for row in rows("cities.csv")}
    for fee in fees:
        assert fee["province"] in provinces
        assert not fee["city"] or (fee["province"], fee["city"]) in cities
    assert len({(fee["province"], fee["city"]) for fee in fees}) == len(fees)
    assert not {"تهران", "آذربایجان شرقی"} & {fee["province"] for fee in fees}


def test_holidays_cover_1402_to_1407_once_each_and_know_nowruz() -> None:
    holidays = rows("holidays.csv")
    assert {h["day_jalali"][:4] for h in holidays} == {str(year) for year in range(1402, 1408)}
    assert len({(h["day"], h["name"]) for h in holidays}) == len(holidays)
    days = {h["day_jalali"] for h in holidays}
    for year in range(1402, 1408):
        assert {f"{year}/01/01", f"{year}/01/13", f"{year}/11/22", f"{year}/12/29"} <= days


def test_the_terms_name_their_version_and_speak_of_money_absence_and_personal_data() -> None:
    text = (DATA / "terms.md").read_text(encoding="utf-8")
    assert text.startswith("---\nversion: 1\neffective_from: 2021-03-21\n")
    for word in (
        "پرداخت",
        "انصراف و استرداد وجه",
        "حضور نداشتن",
        "اطلاعات شخصی",
        "تصویر زنده یا ضبط‌شده",
    ):
        assert word in text
    assert "!" not in text


def test_every_sms_event_has_a_template_named_after_it() -> None:
    texts = rows("sms_texts.csv")
    assert len({t["event"] for t in texts}) == len(texts)
    assert all(t["template"] == t["event"].replace(".", "-") for t in texts)
    optional = {t["event"] for t in texts if t["kind"] == "optional"}
    assert optional == {
        "queue.started", "certificate.expiring", "cart.lapsing", "support.answered", "revisit.closing",
        "proforma.reminder",
    }  # fmt: skip
    assert {t["kind"] for t in texts} == {"essential", "optional"}


@pytest.mark.parametrize("sms", rows("sms_texts.csv"), ids=lambda t: t["event"])
def test_every_placeholder_of_an_sms_has_one_token_of_the_right_sort(sms: dict[str, str]) -> None:
    tokens = dict(pair.split("=") for pair in split(sms["tokens"]))
    in_text = re.findall(r"\{(\w+)\}", sms["text"])
    assert sorted(tokens.values()) == sorted(set(in_text) - {"site"})
    for token, placeholder in tokens.items():
        spaced = {"place": "token20", "when": "token10", "due": "token10", "province": "token10"}
        assert token == spaced.get(placeholder, token)
        assert (" " in LONGEST[placeholder]) == (placeholder in spaced)


@pytest.mark.parametrize("sms", rows("sms_texts.csv"), ids=lambda t: t["event"])
def test_an_sms_fits_its_parts_with_the_longest_values(sms: dict[str, str]) -> None:
    assert parts(sms["text"].format(**LONGEST)) <= int(sms["parts"]) <= 2
    assert sms["text"].startswith("سپتام\n")
    assert "!" not in sms["text"]
