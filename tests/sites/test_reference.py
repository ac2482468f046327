"""The reference data of places come whole into the database, and once only."""

import pytest

from sites import reference
from sites.models import Category, CategoryName, City, CloudProduct, Coverage, Laboratory, Province

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    """How many rows of each kind stand in the database."""
    kinds = (Province, City, Category, CategoryName, Laboratory, Coverage, CloudProduct)
    return {kind.__name__: kind.objects.count() for kind in kinds}


def test_everything_of_the_files_is_loaded() -> None:
    reference.load_all()
    found = counts()
    assert (found["Province"], found["City"], found["Category"]) == (31, 1244, 40)
    assert (found["Laboratory"], found["CloudProduct"]) == (10, 4)
    assert found["CategoryName"] > 150
    assert Coverage.objects.values("province").distinct().count() == 31


def test_the_second_run_writes_nothing() -> None:
    assert reference.load_all() > 1500
    before = counts()
    assert reference.load_all() == 0
    assert counts() == before


def test_a_category_has_its_level_and_is_marked_as_a_sample() -> None:
    reference.load_all()
    gold = Category.objects.get(name="طلا و جواهر فروشی")
    assert (gold.code, gold.level, gold.is_sample) == ("S-01", 4, True)
    assert {"طلا و جواهر فروشی", "جواهرفروشی"} <= set(gold.names.values_list("name", flat=True))


def test_a_laboratory_sits_in_the_city_of_the_file() -> None:
    reference.load_all()
    assert Laboratory.objects.get(code="L-03").city.label == "استان آذربایجان شرقی - تبریز"


def test_a_fact_that_was_spoilt_is_corrected() -> None:
    reference.load_all()
    Province.objects.filter(name="فارس").update(area_code="099")
    assert reference.load_provinces() == 1
    assert Province.objects.get(name="فارس").area_code == "071"


def test_what_staff_added_stays() -> None:
    reference.load_all()
    gold = Category.objects.get(code="S-01")
    CategoryName.objects.create(category=gold, name="سکه پارسیان", search_key="سکهپارسیان")
    City.objects.create(
        province=Province.objects.get(name="فارس"), name="شهر نو", search_key="شهرنو"
    )
    assert reference.load_all() == 0
    assert City.objects.filter(name="شهر نو").exists()
    assert gold.names.filter(name="سکه پارسیان").exists()


def test_a_row_that_staff_made_theirs_is_not_overwritten() -> None:
    reference.load_all()
    Category.objects.filter(code="S-01").update(name="طلافروشی", level=3, is_sample=False)
    Category.objects.filter(code="S-02").update(level=1)
    assert reference.load_categories() == 1
    assert Category.objects.get(code="S-01").level == 3
    assert Category.objects.get(code="S-02").level == 4


def test_a_city_whose_spelling_staff_corrected_is_not_added_again() -> None:
    reference.load_all()
    City.objects.filter(name="قائم‌شهر").update(name="قائم شهر")
    assert reference.load_cities() == 0
    assert City.objects.filter(search_key="قایمشهر").count() == 1
