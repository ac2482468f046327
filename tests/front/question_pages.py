"""Questions before a step, refusals of it, and an owner's places once a certificate has ended."""

from datetime import timedelta
from typing import Any

from inspections.certificates import validity
from septam import clock
from tests.front.scene import Page, Scene


def _places_later(scene: Scene) -> Any:
    clock.move_to(clock.now() + timedelta(days=400))
    return scene.owner.get("/places/")


def _places_revoked(scene: Scene) -> Any:
    world = scene.world
    validity.revoke(world.certificate.pk, world.journey.manager, "دوربین‌ها برچیده شده است")
    return scene.owner.get("/places/")


def _sold(scene: Scene) -> Any:
    return scene.owner.get(
        scene.url("inspections:place_sold", pk=scene.world.certificate.request.place_id)
    )


def _complain(visit: str, data: dict[str, str] | None = None) -> Any:
    """The page of a complaint about this request, or its answer to a form."""

    def reach(scene: Scene) -> Any:
        world = scene.world
        number = world.photo.request.number if visit == "mended" else getattr(world, visit).number
        address = scene.url("inspections:complain", number=number)
        return scene.owner.get(address) if data is None else scene.owner.post(address, data)

    return reach


def _session_ended(scene: Scene) -> Any:
    return scene.visitor.post("/places/new/form/", {"title": "طلای نگین"}, follow=True)


QUESTIONS = [
    Page("places-certificate-expired", _places_later),
    Page("places-certificate-revoked", _places_revoked),
    Page("place-sold", _sold),
    Page("complain", _complain("mended")),
    Page("complain-errors", _complain("mended", {"answer": "yes"})),
    Page("complain-refused", _complain("in_cart"), 409),
    Page("sign-in-session-ended", _session_ended),
]
