"""Names that nobody should have, on every page that shows them: the layout stays whole on a phone, and no name turns it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from playwright.sync_api import sync_playwright

from accounts.models import Profile, User
from billing.models import Order
from inspections.models import VisitRequest
from notifications import notices
from portal.models import SupportThread
from portal.support import threads
from sites.place import Place
from tests.access.world import World, arguments_of, make_world
from tests.browser.showing import Showcase, showing
from tests.browser.walkers import CHROMIUM_ARGS, chromium_path
from tests.front.scene import Page, Rendered, Scene

pytestmark = pytest.mark.django_db
WORD = "ن" * 80
NAMES = [WORD, "w" * 80, "<b>نان</b><script>x</script>&amp;", "🏪" * 40, "(" * 80]
PAGES = (
    "portal:places", "portal:history", "notifications:notices", "accounts:profile", "portal:support_threads",
    "portal:support_thread", "inspections:request", "inspections:request_sheet", "inspections:request_visit",
    "inspections:withdraw", "inspections:certificate", "inspections:public_certificate", "sites:place_edit",
    "sites:place_archive", "billing:cart", "billing:order", "billing:receipt", "billing:invoice", "billing:proforma",
    "billing:orders",
)  # fmt: skip


def spoil(world: World) -> None:
    """Give everything that the owner named a name that nobody should have."""
    owner = world.owner
    User.objects.filter(pk=owner.pk).update(first_name="ن" * 60, last_name="x" * 60)
    Profile.objects.filter(user=owner).update(name="ن" * 120)
    for number, place in enumerate(Place.objects.filter(owner=owner)):
        name = NAMES[number % len(NAMES)]
        Place.objects.filter(pk=place.pk).update(
            title=name, sign_name=WORD, address="خ" * 500, representative_name=WORD, note=WORD * 3
        )
    for visit in VisitRequest.objects.filter(owner=owner).exclude(snapshot=None):
        VisitRequest.objects.filter(pk=visit.pk).update(
            snapshot=visit.snapshot | {"title": WORD, "sign_name": WORD}
        )
    notices.add(owner.pk, "x", WORD, "w" * 400, "/history/")
    thread = SupportThread.objects.get(owner=owner)
    threads.write(thread.pk, "پ" * 400 + NAMES[2], "a" * 32)


def test_no_name_breaks_a_page_at_360_px() -> None:
    world = make_world()
    spoil(world)
    assert Order.objects.exists()
    scene = Scene(world)
    shown = [_rendered(scene, name) for name in PAGES]
    with ThreadPoolExecutor(1) as thread:
        wide = thread.submit(_too_wide, shown).result()
    assert wide == []
    assert [one.page.name for one in shown if "<b>نان" in one.html or "<script>x" in one.html] == []


def _rendered(scene: Scene, name: str) -> Rendered:
    client: Client = scene.owner
    answer = client.get(scene.url(name, **arguments_of(name, scene.world)))
    assert (name, answer.status_code) == (name, 200)
    page = Page(name.replace(":", "-"), lambda _scene: answer)
    return Rendered(page, 200, answer.content.decode(), frozenset())


def _too_wide(pages: list[Rendered]) -> list[str]:
    found = []
    with sync_playwright() as playwright, showing(pages) as address:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        window = browser.new_context(viewport={"width": 360, "height": 740}, locale="fa-IR")
        showcase = Showcase(window.new_page(), address)
        for shown in pages:
            showcase.show(shown)
            width = showcase.page.evaluate("document.documentElement.scrollWidth")
            found += [f"{shown.page.name}: {width}"] if width > 360 else []
        browser.close()
    return found
