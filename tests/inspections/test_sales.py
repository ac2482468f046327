"""A place is sold: the seller's certificate gives way, and neither owner learns anything of the other."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from inspections import sales, workflow
from inspections.models import Certificate
from notifications.models import Notice, SmsMessage
from septam import clock
from sites.models import Place
from tests.billing.settled import settle
from tests.billing.visited import LARGE, Visited
from tests.people import make_owner, make_stranger, office_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_is_forgotten() -> Iterator[None]:
    yield
    clock.forget()


def certified() -> Visited:
    visited = Visited(owner=make_owner(name="کامران فروشنده"))
    assert visited.endorse(visited.visit()) == "certified"
    return visited


def bought(seller: Visited) -> Visited:
    """The buyer registered the same place anew."""
    buyer = Visited(owner=make_stranger())
    assert buyer.place.postal_code == seller.place.postal_code
    return buyer


def browser_of(visited: Visited) -> Client:
    client = Client()
    client.force_login(visited.owner)
    return client


def endorsement_of(visited: Visited) -> str:
    """The page on which the laboratory's manager decides."""
    address = reverse("admin:inspections_visitrequest_endorse", args=[visited.request.pk])
    return office_client(visited.manager).get(address).content.decode()


def test_the_seller_says_so_and_the_public_check_says_superseded() -> None:
    seller, found = certified(), Certificate.objects.get()
    page, owner = reverse("inspections:place_sold", args=[seller.place.pk]), browser_of(seller)
    certificate = reverse("inspections:certificate", args=[found.number])
    assert page in owner.get(certificate).content.decode()
    stranger = Client()
    stranger.force_login(make_stranger())
    assert stranger.post(page, {"answer": "yes"}).status_code == 404
    assert "بازگشت‌پذیر نیست" in owner.get(page).content.decode()
    owner.post(page, {"answer": "yes"})
    found.refresh_from_db()
    assert (found.state, Place.objects.get().state) == ("superseded", "archived")
    public = Client().get(reverse("inspections:public_certificate", args=[found.share_code]))
    assert "جایگزین‌شده" in public.content.decode()
    history = owner.get(reverse("inspections:request", args=[seller.request.number]))
    assert "جایگزین‌شده" in history.content.decode()
    assert owner.post(page, {"answer": "yes"}).status_code == 302  # a second press changes nothing


def test_a_place_with_a_request_on_its_way_is_not_handed_over() -> None:
    seller = certified()
    clock.move_to(clock.now() + timedelta(days=150))
    workflow.open_request(seller.place, seller.owner)
    with pytest.raises(workflow.NotAllowed):
        sales.declare(seller.place.pk, seller.owner)
    assert Certificate.objects.get().state == "issued"


def test_only_the_laboratorys_tick_lets_the_old_certificate_give_way() -> None:
    seller = certified()
    old, buyer = Certificate.objects.get(), bought(seller)
    report = buyer.visit()
    shown = endorsement_of(buyer)
    assert "گواهینامه معتبر دارنده‌ای دیگر" in shown
    assert "کامران" not in shown
    workflow.endorse(report.pk, buyer.manager, is_sold=True)
    old.refresh_from_db()
    assert (old.state, buyer.stands()) == ("superseded", "certified")
    assert Place.objects.get(pk=seller.place.pk).state == "archived"
    assert Certificate.objects.get(state="issued").owner == buyer.owner
    assert SmsMessage.objects.get(event="certificate.handed_over").user == seller.owner
    told = Notice.objects.get(event="certificate.handed_over")
    assert "کریمی" not in told.body
    for address in ("portal:places", "portal:history"):
        assert "کامران" not in browser_of(buyer).get(reverse(address)).content.decode()


def test_of_several_shops_at_one_postal_code_none_gives_way_by_the_laboratorys_tick() -> None:
    seller, neighbour = certified(), Visited(owner=make_owner("09121110009", name="آرش همسایه"))
    assert neighbour.endorse(neighbour.visit()) == "certified"
    buyer = bought(seller)
    report = buyer.visit()
    shown = endorsement_of(buyer)
    assert "چند گواهینامه از دارندگان دیگر معتبر است" in shown
    assert "is_sold" not in shown
    with pytest.raises(workflow.NotAllowed):
        workflow.endorse(report.pk, buyer.manager, is_sold=True)
    assert buyer.endorse(report) == "certified"
    assert set(Certificate.objects.values_list("state", flat=True)) == {"issued"}


def test_a_tick_from_before_the_second_certificate_is_answered_not_passed_over() -> None:
    seller, neighbour = certified(), Visited(owner=make_owner("09121110009", name="آرش همسایه"))
    buyer = bought(seller)
    report = buyer.visit()
    assert "is_sold" in endorsement_of(buyer)
    assert neighbour.endorse(neighbour.visit()) == "certified"
    client = office_client(buyer.manager)
    page = reverse("admin:inspections_visitrequest_endorse", args=[report.request_id])
    said = client.post(page, {"checked": "on", "is_sold": "on"}).content.decode()
    assert "چند گواهینامه از دارندگان دیگر معتبر است" in said
    assert buyer.stands() == "visited"


def test_without_the_tick_both_certificates_stand() -> None:
    seller = certified()
    buyer = bought(seller)
    assert buyer.endorse(buyer.visit()) == "certified"
    assert set(Certificate.objects.values_list("state", flat=True)) == {"issued"}


def test_while_the_buyer_owes_a_difference_the_sellers_certificate_stands() -> None:
    seller = certified()
    old, buyer = Certificate.objects.get(), bought(seller)
    report = buyer.visit(LARGE)
    workflow.endorse(report.pk, buyer.manager, is_sold=True)
    old.refresh_from_db()
    assert (old.state, buyer.stands()) == ("issued", "visited difference")
    order = buyer.difference()
    assert order is not None
    settle(order)
    old.refresh_from_db()
    assert (old.state, buyer.stands()) == ("superseded", "certified")
