"""Pages of a request that lost its laboratory."""

from typing import Any

from inspections.models import VisitRequest
from septam import clock
from tests.front.scene import Page, Scene
from tests.make import make_laboratory


def choose_laboratory(scene: Scene) -> Any:
    """The page on which its owner chooses another."""
    visit = scene.world.scheduling
    VisitRequest.objects.filter(pk=visit.pk).update(new_laboratory_since=clock.now())
    make_laboratory("آزمایشگاه پارسه")
    return scene.owner.get(scene.url("inspections:choose_laboratory", number=visit.number))


LABORATORIES = [Page("choose-laboratory", choose_laboratory)]
