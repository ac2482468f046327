"""Home, guide, prices, «محل من», «سوابق اقدام», health."""

import pytest
from django.test import Client

from septam import heartbeat
from sites.place import Place, PlaceState
from tests.make import make_place, make_prices
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize(
    ("path", "cost"),
    [("/faq/", 1), ("/guide/", 1), ("/support/", 1), ("/robots.txt", 0), ("/healthz", 0)],
)
def test_public_pages_open_without_an_account_and_ask_for_announcements_alone(
    path: str, cost: int, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(cost):  # type: ignore[operator]
        page(Client(), path)


def test_the_guide_stands_word_for_word() -> None:
    guide = page(Client(), "/guide/")
    assert "ثبت نام مجدد امکان‌پذیر نیست" in guide
    assert "پذیرش در انتظار بازدید" in guide


def test_prices_show_the_fee_of_the_day() -> None:
    make_prices()
    assert "۶٬۳۶۰٬۰۰۰" in page(Client(), "/prices/")


def test_prices_say_plainly_that_there_are_none() -> None:
    assert "تعرفه‌ای ثبت نشده است" in page(Client(), "/prices/")


def test_an_owner_sees_own_places_with_the_next_step_and_nobody_elses() -> None:
    owner, stranger = make_owner(), make_stranger()
    make_place(owner)
    mine = page(signed_in(owner), "/places/")
    assert "طلافروشی حسینی" in mine
    assert "درخواست بازدید" in mine
    assert "trustingHawk4567" in mine
    assert "طلافروشی حسینی" not in page(signed_in(stranger), "/places/")


def test_the_postal_code_is_black_only_when_the_place_is_complete() -> None:
    owner = make_owner()
    place = make_place(owner)
    assert 'class="ready"' in page(signed_in(owner), "/places/")
    place.state = PlaceState.DRAFT
    place.save(update_fields=["state"])
    assert 'class="ready"' not in page(signed_in(owner), "/places/")


def test_the_way_ahead_is_told_for_a_first_place_until_its_visit_is_requested() -> None:
    place = make_place(make_owner())
    client = signed_in(place.owner)
    ready = page(client, "/places/")
    assert "مراحل بعدی" in ready
    assert f'/criteria/{place.category_id}/?place={place.pk}"' in ready
    Place.objects.update(state=PlaceState.DRAFT)
    assert "تیک تکمیل بودن" in page(client, "/places/")
    make_place(place.owner)
    assert "مراحل بعدی" not in page(client, "/places/")


def test_home_finds_the_activity_and_reckons_the_price_before_one_registers() -> None:
    home = page(Client(), "/")
    assert 'action="/categories/"' in home
    assert 'action="/prices/#answer"' in home
    assert 'data-suggest="/suggest/localities/"' in home
    assert "js/suggest" in home


def test_archived_places_stand_apart() -> None:
    owner = make_owner()
    make_place(owner, "شعبه قدیم", state=PlaceState.ARCHIVED)
    assert "شعبه قدیم" not in page(signed_in(owner), "/places/")
    assert "شعبه قدیم" in page(signed_in(owner), "/places/?show=archived")


def test_places_are_found_by_any_part_of_the_name() -> None:
    owner = make_owner()
    make_place(owner, "طلافروشی حسینی")
    make_place(owner, "شعبه بازار")
    found = page(signed_in(owner), "/places/?q=بازار")
    assert "شعبه بازار" in found
    assert "طلافروشی" not in found


def test_places_without_requests_cost_three_queries_one_place_or_ten(
    django_assert_num_queries: object,
) -> None:
    owner = make_owner()
    client = signed_in(owner)
    page(client, "/places/")  # the session remembers that the profile is there
    for count in (1, 9):
        for number in range(count):
            make_place(owner, f"شعبه {count}-{number}")
        with django_assert_num_queries(3):  # type: ignore[operator]
            page(client, "/places/")


def test_the_form_of_a_place_costs_three_queries(django_assert_num_queries: object) -> None:
    owner = make_owner()
    client = signed_in(owner)
    path = f"/places/{make_place(owner).pk}/edit/"
    page(client, path)
    with django_assert_num_queries(3):  # type: ignore[operator]
        page(client, path)


def test_many_places_stand_on_several_pages_with_words_to_turn_them() -> None:
    owner = make_owner()
    for number in range(12):
        make_place(owner, f"شعبه {number}")
    assert "صفحه ۱ از ۲" in page(signed_in(owner), "/places/")
    assert "شعبه 0" in page(signed_in(owner), "/places/?page=2")


def test_history_is_empty_until_an_expert_acts() -> None:
    assert "هنوز سابقه‌ای نیست" in page(signed_in(make_owner()), "/history/")


def test_the_portal_is_ready_only_with_a_living_worker() -> None:
    assert Client().get("/readyz").status_code == 503
    heartbeat.beat("worker")
    assert Client().get("/readyz").status_code == 200
