"""The account's pages in their states, for the registry of tests/front/pages.py."""

from typing import Any

from septam import audit
from tests.front.scene import Page, Scene


def _looked_at(scene: Scene) -> Any:
    world = scene.world
    for _time in range(60):
        audit.record(world.journey.expert.pk, "office.view", world.journey.request)
        audit.record(world.journey.manager.pk, "office.view", world.journey.place)
    return scene.owner.get("/profile/looks/")


ACCOUNTS = [
    Page("who-looked", _looked_at),
    Page("who-looked-none", lambda scene: scene.newcomer().get("/profile/looks/")),
]
