"""The office's pages of places and of the data that describes them."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from septam.models import AuditEvent
from septam.office.names import NamedOnceForm
from sites import search
from sites.models import Category, City, Laboratory, Province
from sites.place import Place
from tests.make import make_category, make_city, make_laboratory, make_place, make_province
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Client:
    """A system manager's browser, past the second factor."""
    call_command("setup_roles")
    return office_client(make_staff(Role.MANAGER))


@pytest.fixture
def support() -> Client:
    """A supporter's browser, past the second factor."""
    call_command("setup_roles")
    return office_client(make_staff(Role.SUPPORT))


def names_of(category: Category, *names: str) -> dict[str, str]:
    """What the category's page sends, with these new homogeneous names."""
    old = category.names.count()
    values = {
        "code": category.code, "name": category.name, "level": "3", "active": "on",
        "names-TOTAL_FORMS": str(old + len(names)), "names-INITIAL_FORMS": str(old),
    }  # fmt: skip
    for number, name in enumerate(category.names.order_by("pk")):
        values |= {f"names-{number}-id": str(name.pk), f"names-{number}-name": name.name}
    added = {f"names-{old + number}-name": name for number, name in enumerate(names)}
    return (
        values | added | {f"names-{n}-category": str(category.pk) for n in range(old + len(names))}
    )


def test_a_new_homogeneous_name_is_found_at_once(manager: Client) -> None:
    gold = make_category()
    address = reverse("admin:septam_sites_category_change", args=[gold.pk])
    assert manager.post(address, names_of(gold, "سکه‌فروشی")).status_code == 302
    assert search.exact_category("سكه فروشي") == gold
    gold.refresh_from_db()
    assert gold.level == 3


@pytest.mark.parametrize("typed", ["X", "x1", "ایکس", "X۱"])
def test_a_trade_is_found_by_name_or_by_the_beginning_of_its_code(
    manager: Client, typed: str
) -> None:
    make_category()
    other = make_category("ایکس‌فروشی")
    Category.objects.filter(pk=other.pk).update(code="X1")
    answer = manager.get(reverse("admin:septam_sites_category_changelist"), {"q": typed})
    assert [row.code for row in answer.context["cl"].result_list] == ["X1"]


def test_a_homogeneous_name_that_stands_twice_is_refused(manager: Client) -> None:
    gold = make_category()
    address = reverse("admin:septam_sites_category_change", args=[gold.pk])
    answer = manager.post(address, names_of(gold, "سکه‌فروشی", "سکه فروشي"))
    assert "یک نام همگن دو بار آمده است" in answer.content.decode()
    assert gold.names.count() == 1


def test_a_renamed_category_is_found_by_its_new_name(manager: Client) -> None:
    gold = make_category()
    address = reverse("admin:septam_sites_category_change", args=[gold.pk])
    manager.post(address, names_of(gold) | {"name": "زرگری"})
    assert search.exact_category("زرگري") == gold


def test_a_new_city_is_found_with_its_province(manager: Client) -> None:
    fars = Province.objects.create(code="17", name="فارس", seat="شیراز", area_code="071")
    manager.post(reverse("admin:septam_sites_city_add"), {"province": fars.pk, "name": "شهر نو"})
    found = search.exact_city("استان فارس - شهرنو")
    assert found == City.objects.get(name="شهر نو")


def saved(manager: Client, model: str, values: dict[str, object], pk: int = 0) -> str:
    """What the office's form of a new row (or of this one) answers; empty where it took it."""
    place = reverse(
        f"admin:septam_sites_{model}_{'change' if pk else 'add'}", args=[pk] if pk else []
    )
    answer = manager.post(place, values)
    return "" if answer.status_code == 302 else answer.content.decode()


def new_laboratory(name: str, **fields: object) -> dict[str, object]:
    """What the form of a new laboratory sends."""
    city = City.objects.first() or make_place(make_owner()).city
    assert city is not None
    return {
        "code": "AZ-99", "name": name, "city": city.pk, "daily_capacity": 6, "active": "on",
        "coverage-TOTAL_FORMS": 0, "coverage-INITIAL_FORMS": 0, **fields,
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["\u200b\u200b", "\u202e\u2066", "…!؟", "۱۲۳", "\u200c-\u200c", "🙂"]
)
def test_what_nobody_can_read_is_no_name(manager: Client, typed: str) -> None:
    gold = make_category()
    city = {"province": make_province().pk, "name": typed}
    category = names_of(gold) | {"name": typed}
    asked = (
        saved(manager, "city", city),
        saved(manager, "laboratory", new_laboratory(typed)),
        saved(manager, "category", category, gold.pk),
    )
    for page in asked:
        assert "errorlist" in page
    # A further homogeneous name that nobody sees is an empty line.
    saved(manager, "category", names_of(gold, typed), gold.pk)
    assert gold.names.count() == 1


def test_a_name_is_kept_without_marks_that_nobody_sees(manager: Client) -> None:
    assert (
        saved(
            manager,
            "laboratory",
            new_laboratory("آزمايشگاه\u200b \u202eنور‌ ", signatory="علي\u00a0كريمي"),
        )
        == ""
    )
    made = Laboratory.objects.get(code="AZ-99")
    assert (made.name, made.signatory) == ("آزمایشگاه نور", "علی کریمی")


@pytest.mark.parametrize(
    "spelt", ["طلا و جواهر‌ فروشي", "طلاوجواهرفروشی", "طلا‌ و‌ جواهر فروشى", "ط\u200bلا و جواهر فروشی"]
)
def test_another_spelling_is_no_other_trade_laboratory_or_city(manager: Client, spelt: str) -> None:
    make_category("طلا و جواهر فروشی")
    other = make_category("نانوایی")
    assert "پیش‌تر ثبت شده است" in saved(
        manager, "category", names_of(other) | {"name": spelt}, other.pk
    )
    laboratory = new_laboratory("طلا و جواهر فروشی")
    assert saved(manager, "laboratory", laboratory) == ""
    assert "پیش‌تر ثبت شده است" in saved(
        manager, "laboratory", laboratory | {"name": spelt, "code": "AZ-98"}
    )
    city = {"province": Province.objects.get().pk, "name": "طلا و جواهر فروشی"}
    assert saved(manager, "city", city) == ""
    assert "پیش‌تر ثبت شده است" in saved(manager, "city", city | {"name": spelt})
    fars = Province.objects.create(code="17", name="فارس", seat="شیراز", area_code="071")
    assert saved(manager, "city", city | {"province": fars.pk}) == ""


def test_of_two_managers_with_one_name_at_once_the_database_refuses_the_second(
    manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert saved(manager, "laboratory", new_laboratory("آزمایشگاه نور")) == ""
    # The second one's form looked before the first one saved.
    monkeypatch.setattr(NamedOnceForm, "_same", lambda *_args: None)
    monkeypatch.setattr(Laboratory, "validate_constraints", lambda *_args, **_more: None)
    page = saved(manager, "laboratory", new_laboratory("آزمایشگاه‌نور", code="AZ-98"))
    assert "پیش‌تر ثبت شده است" in page
    assert Laboratory.objects.filter(code="AZ-98").count() == 0


def test_a_province_that_a_laboratory_covers_twice_is_refused_in_words(manager: Client) -> None:
    values = new_laboratory("آزمایشگاه نور")
    province = Province.objects.get().pk
    twice = {"coverage-TOTAL_FORMS": 2} | {f"coverage-{n}-province": province for n in range(2)}
    page = saved(manager, "laboratory", values | twice)
    assert "AZ-99" in page
    assert not Laboratory.objects.filter(code="AZ-99").exists()


def test_samples_say_so_in_the_list(manager: Client) -> None:
    make_category()
    Category.objects.update(is_sample=True)
    page = manager.get(reverse("admin:septam_sites_category_changelist")).content.decode()
    assert "داده نمونه؛ فهرست رسمی نیست" in page


@pytest.mark.parametrize("typed", ["۱۴۱۶۹۳۲۷۹۰", "14169-32790", "طلافروشي حسيني", "09121234567"])
def test_support_finds_a_place_by_digits_or_text(support: Client, typed: str) -> None:
    make_place(make_owner())
    make_place(make_owner("09350000001"), title="نانوایی برکت", postal_code="1415512345")
    page = support.get(
        reverse("admin:septam_sites_place_changelist"), {"q": typed}
    ).content.decode()
    assert "طلافروشی حسینی" in page
    assert "نانوایی برکت" not in page


def test_support_sees_no_private_note_and_changes_nothing_and_the_look_is_noted(
    support: Client,
) -> None:
    place = make_place(make_owner(), note="راز صندوق")
    address = reverse("admin:septam_sites_place_change", args=[place.pk])
    page = support.get(address)
    assert page.status_code == 200
    assert "راز صندوق" not in page.content.decode()
    assert AuditEvent.objects.filter(verb="office.view", object_id=str(place.pk)).exists()
    assert support.post(address, {"title": "دیگر"}).status_code == 403
    Place.objects.update(note_shared=True)
    assert "راز صندوق" in support.get(address).content.decode()


@pytest.mark.parametrize("typed", ["%\u06f0\u06f0", "21", "999", "۱۲۱"])
def test_an_area_code_that_the_country_does_not_have_is_refused(
    manager: Client, typed: str
) -> None:
    """Every box of a landline in the province begins with it."""
    fars = make_province("فارس", "07", "071")
    address = reverse("admin:septam_sites_province_change", args=[fars.pk])
    shown = manager.post(address, {"seat": "شیراز", "area_code": typed}).content.decode()
    assert "این پیش‌شماره در کشور نیست" in shown
    assert manager.post(address, {"seat": "شیراز", "area_code": "۰۷۱"}).status_code == 302
    fars.refresh_from_db()
    assert fars.area_code == "071"


def test_coverage_that_stands_twice_is_told_in_persian(manager: Client) -> None:
    lab = make_laboratory()
    province = make_province("فارس", "07", "071")
    city = make_city("شیراز", province)
    one = {"province": str(province.pk), "city": str(city.pk)}
    rows = {f"coverage-{n}-{name}": value for n in range(2) for name, value in one.items()}
    sent = {"name": lab.name, "code": lab.code, "city": str(lab.city_id), "daily_capacity": "6",
            "coverage-TOTAL_FORMS": "2", "coverage-INITIAL_FORMS": "0", **rows}  # fmt: skip
    address = reverse("admin:septam_sites_laboratory_change", args=[lab.pk])
    shown = manager.post(address, sent).content.decode()
    assert "هر استان، یا هر شهر آن، تنها یک بار" in shown
    assert "province و city" not in shown
