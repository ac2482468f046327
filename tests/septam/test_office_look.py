"""The office's lists and forms: Persian digits in every count, and no link to a page that this person may not open."""

import re

import pytest
from django.urls import reverse

from accounts.models import Role
from notifications.models import SmsMessage
from notifications.texts import title_of
from tests.access.world import make_world
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db
TEXT = re.compile(r">([^<]*)<")


def test_counts_pages_and_chosen_rows_are_in_persian_digits() -> None:
    make_world()
    client = office_client(make_staff(Role.SUPPORT))
    page = client.get(reverse("admin:notifications_smsmessage_changelist")).content.decode()
    below = page[page.index('<p class="paginator">') :]
    assert re.search(r"[۰-۹]+ پیامک", below)
    assert re.search(r"[۰-۹]+ نتیجه", page)
    assert re.search(r"۰ از [۰-۹]+ انتخاب", page)
    inside = page[page.index('id="changelist"') : page.index('id="changelist-filter"')]
    assert [text for text in TEXT.findall(inside) if re.search("[0-9]", text)] == []


def test_beside_a_number_a_thing_is_called_in_the_singular() -> None:
    make_world()
    client = office_client(make_staff(Role.MANAGER))
    address = reverse("admin:septam_sites_laboratory_changelist")
    page = client.get(address).content.decode()
    below = page[page.index('<p class="paginator">') :]
    assert re.search(r"[۰-۹]+ آزمایشگاه\s", below)


def test_each_cell_of_a_list_names_its_column_so_that_a_phone_can_show_it_beside_the_value() -> (
    None
):
    make_world()
    client = office_client(make_staff(Role.SUPPORT))
    page = client.get(reverse("admin:inspections_visitrequest_changelist")).content.decode()
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    cells = re.findall(r"<t[dh][^>]*>", rows)
    assert cells
    assert [cell for cell in cells if 'data-label="' not in cell] == []
    assert [cell for cell in cells if "<" in cell[1:]] == [], "a heading of marks is no label"
    assert 'data-label="وضعیت"' in rows


def test_numbers_of_columns_and_filters_are_in_persian_digits_and_an_sms_is_called_by_its_event() -> (
    None
):
    make_world()
    finance, manager = (office_client(make_staff(role)) for role in (Role.FINANCE, Role.MANAGER))
    for client, name in ((finance, "billing_sharestatement"), (manager, "septam_sites_laboratory")):
        page = client.get(reverse(f"admin:{name}_changelist")).content.decode()
        inside = page[page.index('id="changelist"') :]
        bare = [text for text in TEXT.findall(inside) if re.fullmatch(r"\s*[0-9]+\s*", text)]
        assert bare == [], name
    sms = SmsMessage.objects.latest("pk")
    page = manager.get(reverse("admin:notifications_smsmessage_change", args=[sms.pk]))
    assert f"{title_of(sms.event)} – ۰۹" in page.content.decode()


def test_what_a_manager_of_a_laboratory_may_not_open_is_text_and_not_a_link() -> None:
    world = make_world()
    place = world.journey.place
    assert place.city is not None
    city = reverse("admin:septam_sites_city_change", args=[place.city_id])
    province = reverse("admin:septam_sites_province_change", args=[place.city.province_id])
    address = reverse("admin:septam_sites_laboratory_change", args=[place.laboratory_id])
    manager = office_client(make_staff(Role.LAB_MANAGER, place.laboratory))
    own = manager.get(address).content.decode()
    assert str(place.city) in own
    assert [path for path in (city, province) if path in own] == []
    assert "۶" in own  # visits a day
    support = office_client(make_staff(Role.SUPPORT)).get(address).content.decode()
    assert [path for path in (city, province) if path not in support] == []
