"""From the rules of a trade back to what somebody came from: his own place or request, and nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from inspections import workflow
from inspections.models import VisitRequest
from sites.place import Place
from tests.make import make_criteria, make_place, make_prices
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    """A complete place of Mohammad Hosseini, whose trade has rules."""
    make_criteria()
    make_prices()
    return make_place(make_owner())


def rules_of(of: Place, browser: Client, **asked: str | int) -> str:
    """The page of the rules of the place's trade."""
    answer = browser.get(reverse("inspections:criteria", args=[of.category_id]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def signed_in(user: object) -> Client:
    browser = Client()
    browser.force_login(user)  # type: ignore[arg-type]
    return browser


def test_who_came_from_asking_for_a_visit_gets_back_to_it_after_the_self_check_too(
    place: Place,
) -> None:
    browser, back = signed_in(place.owner), reverse("inspections:request_visit", args=[place.pk])
    question = browser.get(back).content.decode()
    rules = reverse("inspections:criteria", args=[place.category_id])
    assert f'href="{rules}?place={place.pk}"' in question
    page = rules_of(place, browser, place=place.pk)
    assert f'<a href="{back}">بازگشت به درخواست بازدید «طلافروشی حسینی»</a>' in page
    assert f'name="place" value="{place.pk}"' in page  # the form of the self-check keeps it
    assert f'href="{back}"' in rules_of(place, browser, place=place.pk, check="1")


def test_who_came_from_a_request_gets_back_to_it(place: Place) -> None:
    workflow.open_request(place, place.owner)
    number = VisitRequest.objects.get().number
    browser, back = signed_in(place.owner), reverse("inspections:request", args=[number])
    assert f"?request={number}" in browser.get(back).content.decode()
    page = rules_of(place, browser, request=number, check="1")
    assert f'<a href="{back}">بازگشت به درخواست «طلافروشی حسینی»</a>' in page
    assert f'name="request" value="{number}"' in page


def test_nobody_is_led_to_anothers_or_elsewhere(place: Place) -> None:
    workflow.open_request(place, place.owner)
    number = VisitRequest.objects.get().number
    for browser in (Client(), signed_in(make_stranger())):
        for name, mine in (("place", place.pk), ("request", number)):
            page = rules_of(place, browser, **{name: mine})
            assert "بازگشت به درخواست" not in page
            assert place.title not in page
    own = signed_in(place.owner)
    for odd in ("//evil.example", "0", "x", "9" * 50, "۱", "-1"):
        assert "بازگشت به درخواست" not in rules_of(place, own, place=odd)
        assert "evil" not in rules_of(place, own, request=odd)
