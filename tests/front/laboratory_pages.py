"""Pages of a place or request that lost its laboratory, or the expert who was to come."""

from datetime import timedelta
from typing import Any

from accounts.models import Role, StaffAssignment
from inspections.models import VisitRequest
from septam import clock
from sites.models import Laboratory
from tests.front.scene import Page, Scene
from tests.make import make_laboratory


def choose_laboratory(scene: Scene) -> Any:
    """The page on which its owner chooses another."""
    visit = scene.world.scheduling
    VisitRequest.objects.filter(pk=visit.pk).update(new_laboratory_since=clock.now())
    make_laboratory("آزمایشگاه پارسه")
    return scene.owner.get(scene.url("inspections:choose_laboratory", number=visit.number))


def _shut_before_the_request(scene: Scene) -> Any:
    Laboratory.objects.update(active=False)
    return scene.owner.get(scene.url("inspections:request_visit"))


def _shut_in_the_cart(scene: Scene) -> Any:
    Laboratory.objects.update(active=False)
    scene.fill_cart()
    return scene.owner.get("/cart/")


def _expert_left(scene: Scene) -> Any:
    StaffAssignment.objects.filter(role=Role.EXPERT).update(active=False)
    return scene.page_of(scene.world.accepted)


def _expert_left_before_the_answer(scene: Scene) -> Any:
    StaffAssignment.objects.filter(role=Role.EXPERT).update(active=False)
    return scene.page_of(scene.world.proposed)


def _revisit_is_over(scene: Scene) -> VisitRequest:
    visit = scene.end("nonconforming", failing="PV-14")
    clock.move_to(clock.now() + timedelta(days=31))
    return visit


def _request_after_its_last_day(scene: Scene) -> Any:
    return scene.page_of(_revisit_is_over(scene))


def _places_after_its_last_day(scene: Scene) -> Any:
    _revisit_is_over(scene)
    return scene.owner.get("/places/")


LABORATORIES = [
    Page("choose-laboratory", choose_laboratory),
    Page("request-visit-laboratory-shut", _shut_before_the_request, 409),
    Page("cart-laboratory-shut", _shut_in_the_cart),
    Page("request-expert-left", _expert_left),
    Page("request-expert-left-before-the-answer", _expert_left_before_the_answer),
    Page("request-revisit-over", _request_after_its_last_day),
    Page("places-revisit-over", _places_after_its_last_day),
]
