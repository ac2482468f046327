"""Looking for a part of a name: the same rows as `contains`, by a third of the index's lists."""

import pytest
from django.db import connection, transaction

from septam.text import search_key
from sites.models import Place
from tests.make import make_place
from tests.people import make_owner

pytestmark = pytest.mark.django_db

NAMES = (
    "فروشگاه احمدی", "فروشگاه رضا احمدی", "احمدی و فروشگاه", "فرو شگا در هاح و مدی", "باشگاه احمدی ۲", "کافه احمدی",
    "آ-بپت-ث", "صد٪ ۱۰۰% طلا", "پلاک_۱۲ ساعت", "بازار\\تهران", "Gold & Time 24", "کیمیاگر",
)  # fmt: skip
TYPED = (
    *NAMES, "فروشگاه", "شگاهاح", "احمدی", "احم", "اه احمدی ۲", "بپت", "a", "0%ط", "ک_۱", "ر\\ت", "ld & Ti", "me24", "ققنوس",
    "رو%گاه", "فرو_گاه",
)  # fmt: skip


def test_it_finds_what_holds_the_text_and_nothing_else() -> None:
    owner = make_owner()
    for name in NAMES:
        make_place(owner, name, search_key=search_key(name))
    keys = dict(Place.objects.values_list("pk", "search_key"))
    for typed in TYPED:
        key = search_key(typed)
        found = set(Place.objects.filter(search_key__holds=key).values_list("pk", flat=True))
        assert found == {pk for pk, own in keys.items() if key in own}, typed


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("فروشگاه احمدی", "%فرو%شگا%هاح%مدی%"),
        ("کیمیاگر", "%کیم%یاگر%"),
        ("قنادی", "%قنادی%"),
        ("آ-بپت-ث", "%ا-بپت-ث%"),
    ],
)
def test_the_index_is_asked_for_each_letter_once(typed: str, asked: str) -> None:
    """What is no letter parts words in the index: letters beside it stay together, or nothing of them could be asked."""
    rows = Place.objects.filter(search_key__holds=search_key(typed))
    _text, params = rows.query.sql_with_params()
    assert params[0] == asked
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "Index Cond" in rows.explain()
