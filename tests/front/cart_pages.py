"""The cart in its states: with a place, being paid for, empty, without a price, changed meanwhile."""

from typing import Any

from billing.models import Tariff, TravelFee
from inspections.models import VisitRequest
from sites.models import CloudProduct, Place
from tests.front.scene import Page, Scene


def _cart(scene: Scene) -> Any:
    scene.fill_cart()
    return scene.owner.get("/cart/")


def _cart_changed(scene: Scene) -> Any:
    scene.fill_cart()
    return scene.owner.post("/cart/checkout/", {"shown_total": "1"})


def _cart_with_travel_and_cloud(scene: Scene) -> Any:
    TravelFee.objects.update(price_rial=900_000)
    waiting = VisitRequest.objects.filter(owner=scene.world.owner, status="in_cart")
    places = Place.objects.filter(pk__in=waiting.values("place_id"))
    places.update(cloud_product=CloudProduct.objects.get())
    return _cart(scene)


def _cart_without_price(scene: Scene) -> Any:
    Tariff.objects.all().delete()
    return _cart(scene)


CARTS = [
    Page("cart", _cart),
    Page("cart-being-paid", lambda scene: scene.owner.get("/cart/")),
    Page("cart-empty", lambda scene: scene.newcomer().get("/cart/")),
    Page("cart-without-price", _cart_without_price),
    Page("cart-with-travel-and-cloud", _cart_with_travel_and_cloud),
    Page("cart-changed", _cart_changed),
    Page("cart-remove", lambda scene: scene.owner.get(scene.url("billing:cart_remove"))),
]
