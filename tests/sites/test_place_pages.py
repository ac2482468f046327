"""A place's pages: whose they are, when they are closed, and what two open tabs do."""

import pytest
from django.test import Client
from django.urls import reverse

from inspections.models import VisitRequest
from septam import clock
from sites import completeness, freezing, place_views, snapshots
from sites.models import Category
from sites.place import Place, PlaceState, RegistrantRole
from tests.make import make_criteria, make_place
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    """A complete place of Mohammad Hosseini."""
    return make_place(make_owner())


@pytest.fixture
def browser(client: Client, place: Place) -> Client:
    """The browser of its owner."""
    client.force_login(place.owner)
    return client


def page_of(place: Place, name: str = "place_edit") -> str:
    """The address of a page of the place."""
    return reverse(f"sites:{name}", args=[place.pk])


def shown(browser: Client, place: Place) -> dict[str, str]:
    """What the form of the place holds as it is drawn, as a browser would send it back."""
    form = browser.get(page_of(place)).context["form"]
    values = {field.name: field.value() for field in form}
    ticks = {name: "on" if value is True else value for name, value in values.items()}
    return {name: str(value) for name, value in ticks.items() if value not in (None, False, "")}


def put_in_cart(place: Place) -> VisitRequest:
    """An open request of the place, not paid yet."""
    assert place.laboratory
    assert place.city
    return VisitRequest.objects.create(
        number="140301060001", place=place, owner=place.owner, criteria_set=make_criteria(),
        criteria_accepted_at=clock.now(), laboratory=place.laboratory, province=place.city.province,
        city=place.city, created_at=clock.now(), status_changed_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["place_edit", "place_archive", "place_restore"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_place_is_not_found(client: Client, place: Place, name: str, method: str) -> None:
    client.force_login(make_stranger())
    answer = getattr(client, method)(page_of(place, name), {"answer": "yes", "title": "دزدی"})
    assert answer.status_code == (405 if (name, method) == ("place_restore", "get") else 404)
    place.refresh_from_db()
    assert (place.title, place.state) == ("طلافروشی حسینی", PlaceState.READY)


@pytest.mark.parametrize("name", ["place_new", "place_create"])
def test_who_is_not_signed_in_is_led_to_the_sign_in(client: Client, name: str) -> None:
    answer = client.get(reverse(f"sites:{name}"))
    assert answer.status_code == 302
    assert reverse("accounts:sign_in") in answer["Location"]


def test_the_form_drawn_and_sent_back_changes_nothing(browser: Client, place: Place) -> None:
    before = Place.objects.filter(pk=place.pk).values().get()
    assert browser.post(page_of(place), shown(browser, place)).status_code == 302
    after = Place.objects.filter(pk=place.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"updated_at", "connection", "search_key"}


def test_a_change_is_saved(browser: Client, place: Place) -> None:
    sent = shown(browser, place) | {"title": "طلافروشی نو", "area": "۵۰"}
    assert browser.post(page_of(place), sent).status_code == 302
    place.refresh_from_db()
    assert (place.title, str(place.area), place.search_key) == (
        "طلافروشی نو",
        "50.00",
        "طلافروشینو",
    )


def test_taking_the_tick_away_makes_the_place_incomplete(browser: Client, place: Place) -> None:
    sent = shown(browser, place)
    del sent["complete"]
    browser.post(page_of(place), sent)
    place.refresh_from_db()
    assert place.state == PlaceState.DRAFT


def test_a_place_in_the_cart_must_stay_complete(browser: Client, place: Place) -> None:
    put_in_cart(place)
    sent = shown(browser, place)
    del sent["complete"]
    answer = browser.post(page_of(place), sent)
    assert set(answer.context["form"].errors) == {"complete"}
    place.refresh_from_db()
    assert place.state == PlaceState.READY


def test_a_frozen_place_says_why_and_what_to_do_and_keeps_its_data(
    browser: Client, place: Place
) -> None:
    sent = shown(browser, place) | {"title": "نام دیگر"}
    freezing.freeze(place.pk)
    page = browser.get(page_of(place)).content.decode()
    assert "هزینه بازدید این محل پرداخت شده است" in page
    assert "پشتیبانی" in page
    assert browser.post(page_of(place), sent).status_code == 409
    place.refresh_from_db()
    assert place.title == "طلافروشی حسینی"


def test_a_place_can_be_edited_again_when_its_request_is_over(
    browser: Client, place: Place
) -> None:
    freezing.freeze(place.pk)
    freezing.unfreeze(place.pk)
    assert browser.post(page_of(place), shown(browser, place)).status_code == 302


def test_a_place_whose_price_is_agreed_waits_for_the_payment(
    browser: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = shown(browser, place) | {"area": "۱۰۰۰"}
    monkeypatch.setattr(freezing, "_holds", {})
    freezing.register_hold(lambda place_id: Place.objects.filter(pk=place_id, title=place.title))
    # What is read together with a place is put together once a process.
    monkeypatch.setattr(place_views._OWN, "_compiled", {})
    assert "در انتظار پرداخت است" in browser.get(page_of(place)).content.decode()
    assert browser.post(page_of(place), sent).status_code == 409
    place.refresh_from_db()
    assert str(place.area) == "38.50"


def test_freezing_what_does_not_exist_is_an_error() -> None:
    with pytest.raises(Place.DoesNotExist):
        freezing.freeze(0)


def test_the_later_of_two_tabs_is_told_and_loses_nothing(browser: Client, place: Place) -> None:
    first, second = shown(browser, place), shown(browser, place)
    browser.post(page_of(place), first | {"title": "از برگه اول"})
    answer = browser.post(page_of(place), second | {"title": "از برگه دوم"})
    page = answer.content.decode()
    assert "در صفحه‌ای دیگر ذخیره شده است" in page
    assert "از برگه دوم" in page
    place.refresh_from_db()
    assert place.title == "از برگه اول"
    again = second | {"title": "از برگه دوم", "version": answer.context["form"]["version"].value()}
    assert browser.post(page_of(place), again).status_code == 302
    place.refresh_from_db()
    assert place.title == "از برگه دوم"


def test_what_was_typed_is_shown_as_text_and_never_as_markup(browser: Client, place: Place) -> None:
    Place.objects.filter(pk=place.pk).update(title="<script>x</script>", note="</textarea><b>")
    for name in ("place_edit", "place_archive"):
        page = browser.get(page_of(place, name)).content.decode()
        assert "<script>x" not in page
        assert "</textarea><b>" not in page


# ---- the archive ----


def test_a_place_is_archived_after_a_question_and_brought_back(
    browser: Client, place: Place
) -> None:
    assert "بایگانی" in browser.get(page_of(place, "place_archive")).content.decode()
    place.refresh_from_db()
    assert place.state == PlaceState.READY
    browser.post(page_of(place, "place_archive"), {"answer": "yes"})
    place.refresh_from_db()
    assert place.state == PlaceState.ARCHIVED
    assert "در بایگانی است" in browser.get(page_of(place)).content.decode()
    browser.post(page_of(place, "place_restore"))
    place.refresh_from_db()
    assert place.state == PlaceState.DRAFT


def test_a_place_with_a_request_under_way_is_not_archived(browser: Client, place: Place) -> None:
    put_in_cart(place)
    assert (
        "در سبد خرید یا در دست اقدام"
        in browser.get(page_of(place, "place_archive")).content.decode()
    )
    answer = browser.post(page_of(place, "place_archive"), {"answer": "yes"})
    assert answer.status_code == 409
    place.refresh_from_db()
    assert place.state == PlaceState.READY


# ---- what is missing, and the snapshot ----


def test_a_complete_place_misses_nothing(place: Place) -> None:
    assert completeness.missing(place) == []
    assert completeness.obstacles(place) == []


def test_a_half_filled_place_has_a_task_for_each_thing(place: Place) -> None:
    place.state, place.city, place.postal_code = PlaceState.DRAFT, None, ""
    place.registrant_role = RegistrantRole.DEPUTY
    assert [str(title) for title in completeness.missing(place)] == [
        "کد پستی", "استان و شهر", "صاحب پروانه", "تیک پایان فرم",
    ]  # fmt: skip
    urls = [task.url for task in completeness.tasks(place)]
    assert urls[0] == "#id_postal_code"


def test_card_and_form_of_a_half_filled_place_name_what_it_lacks(
    browser: Client, place: Place
) -> None:
    Place.objects.filter(pk=place.pk).update(state=PlaceState.DRAFT, laboratory=None)
    card = browser.get(reverse("portal:places")).content.decode()
    assert "کم است: آزمایشگاه، تیک پایان فرم." in card
    page = browser.get(page_of(place)).content.decode()
    assert '<a href="#id_laboratory">آزمایشگاه</a>، ' in page
    assert page.count('id="id_laboratory"') == page.count('id="id_complete"') == 1


def test_the_card_of_a_place_that_lacks_the_tick_alone_says_so(
    browser: Client, place: Place
) -> None:
    Place.objects.filter(pk=place.pk).update(state=PlaceState.DRAFT)
    card = browser.get(reverse("portal:places")).content.decode()
    assert "هنوز تیک پایان فرم را نزده‌اید" in card


def test_the_form_of_a_complete_or_new_place_tells_of_nothing_missing(
    browser: Client, place: Place
) -> None:
    assert "کم است" not in browser.get(page_of(place)).content.decode()
    assert "کم است" not in browser.get(reverse("sites:place_create")).content.decode()


def test_a_category_out_of_the_list_and_a_laboratory_gone_are_obstacles(place: Place) -> None:
    Category.objects.update(active=False)
    assert place.laboratory
    place.laboratory.coverage.all().delete()
    place = Place.objects.get(pk=place.pk)
    assert len(completeness.obstacles(place)) == 2


def test_the_snapshot_holds_what_a_visit_and_a_certificate_need(place: Place) -> None:
    found = snapshots.of(place)
    assert (found["title"], found["area"], found["level"]) == ("طلافروشی حسینی", "38.50", 4)
    assert (found["province"], found["city"]) == ("تهران", "تهران")
    assert not {"note", "holder_name", "holder_national_id"} & set(found)


def test_the_private_note_is_in_no_snapshot_until_it_is_shared(place: Place) -> None:
    place.note, place.holder_name, place.holder_national_id = "راز", "زهرا کریمی", "0499370899"
    assert "راز" not in str(snapshots.of(place))
    place.note_shared = True
    found = snapshots.of(place)
    assert (found["note"], found["holder_name"]) == ("راز", "زهرا کریمی")
