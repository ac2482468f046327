"""The office's lists and forms: Persian digits in every count, and no link to a page that this person may not open."""

import re

import pytest
from django.urls import reverse

from accounts.models import Role
from tests.access.world import make_world
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db
TEXT = re.compile(r">([^<]*)<")


def test_counts_pages_and_chosen_rows_are_in_persian_digits() -> None:
    make_world()
    client = office_client(make_staff(Role.SUPPORT))
    page = client.get(reverse("admin:notifications_smsmessage_changelist")).content.decode()
    below = page[page.index('<p class="paginator">') :]
    assert re.search(r"[۰-۹]+ صندوق پیامک", below)
    assert re.search(r"[۰-۹]+ نتیجه", page)
    assert re.search(r"۰ از [۰-۹]+ انتخاب", page)
    inside = page[page.index('id="changelist"') : page.index('id="changelist-filter"')]
    assert [text for text in TEXT.findall(inside) if re.search("[0-9]", text)] == []


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
