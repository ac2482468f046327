"""The account's pages in their states, for the registry of tests/front/pages.py."""

from datetime import timedelta
from typing import Any

from accounts.mobile import changing
from accounts.models import MobileChange, User
from notifications.models import Announcement
from septam import audit, clock
from septam.forms.typed_before import KEEP_FIELD
from tests.accounts.steps import solved
from tests.front.scene import Page, Scene
from tests.people import PASSWORD


def _announced(scene: Scene) -> Any:
    days = {"first_day": clock.today(), "last_day": clock.today()}
    for urgency, text in (
        ("news", "قوانین تازه منتشر شد."),
        ("disruption", "درگاه بانک ملت قطع است."),
    ):
        Announcement.objects.create(text=text, urgency=urgency, **days)
    return scene.owner.get("/")


def _looked_at(scene: Scene) -> Any:
    world = scene.world
    for _time in range(60):
        audit.record(world.journey.expert.pk, "office.view", world.journey.request)
        audit.record(world.journey.manager.pk, "office.view", world.journey.place)
    return scene.owner.get("/profile/looks/")


def _codes_of_both(**typed: str) -> Any:
    def reach(scene: Scene) -> Any:
        client = scene.owner
        client.post("/profile/mobile/", {"mobile": "09350001111"})
        address = "/profile/mobile/codes/"
        return client.post(address, typed) if typed else client.get(address)

    return reach


def _without_number(scene: Scene) -> Any:
    changing.detach(scene.world.owner.pk, str(scene.world.owner.mobile))
    return scene.client(User.objects.get(pk=scene.world.owner.pk)).get("/profile/mobile/")


def _stop_link(state: str) -> Any:
    def reach(scene: Scene) -> Any:
        MobileChange.objects.update(state=state)
        return scene.visitor.get(scene.url("accounts:mobile_stop_link"))

    return reach


def _not_mine_code(**typed: str) -> Any:
    def reach(scene: Scene) -> Any:
        client, ask = scene.visitor, "/sign-in/not-mine/"
        client.post(ask, {"mobile": "09121234567", **solved(client.get(ask))})
        return client.post(f"{ask}code/", typed) if typed else client.get(f"{ask}code/")

    return reach


def _after_long(**typed: str) -> Any:
    def reach(scene: Scene) -> Any:
        clock.move_to(clock.now() + timedelta(days=400))
        client = scene.visitor
        client.post("/sign-in/", {"account": "09121234567", "password": PASSWORD})
        address = "/sign-in/still-yours/"
        return client.post(address, typed) if typed else client.get(address)

    return reach


def _closed(scene: Scene) -> Any:
    return scene.newcomer().post("/profile/close/", {"own_password": PASSWORD, "understood": "on"})


def _again(scene: Scene) -> Any:
    return scene.member()[1].get("/office/again/?next=/office/")


def _half_filled(scene: Scene) -> Any:
    browser = scene.owner
    browser.post("/places/new/form/", {"title": "نانوایی " + "سنگک" * 15, KEEP_FIELD: "1"})
    return browser.get("/places/")


def _rules_of_a_request(scene: Scene) -> Any:
    asked = {"request": scene.world.accepted.number, "check": "1"}
    return scene.owner.get(scene.url("inspections:criteria"), asked)


ACCOUNTS = [
    Page("places-half-filled", _half_filled),
    Page("criteria-from-request", _rules_of_a_request),
    Page("office-again", _again),
    Page("home-announced", _announced),
    Page("mobile", lambda scene: scene.owner.get("/profile/mobile/")),
    Page("mobile-errors", lambda scene: scene.owner.post("/profile/mobile/", {"mobile": "021"})),
    Page("mobile-none", _without_number),
    Page("mobile-codes", _codes_of_both()),
    Page("mobile-codes-errors", _codes_of_both(old_code="1", new_code="2")),
    Page("mobile-stop", _stop_link("waiting")),
    Page("mobile-stopped", _stop_link("stopped")),
    Page("mobile-too-late", _stop_link("done")),
    Page("my-data", lambda scene: scene.owner.get("/profile/data/")),
    Page(
        "my-data-errors",
        lambda scene: scene.owner.post("/profile/data/", {"own_password": "87654321"}),
    ),
    Page("close-account-open", lambda scene: scene.owner.get("/profile/close/")),
    Page("close-account", lambda scene: scene.newcomer().get("/profile/close/")),
    Page("close-account-errors", lambda scene: scene.newcomer().post("/profile/close/", {})),
    Page("account-closed", _closed),
    Page("not-mine", lambda scene: scene.visitor.get("/sign-in/not-mine/")),
    Page(
        "not-mine-errors", lambda scene: scene.visitor.post("/sign-in/not-mine/", {"mobile": "1"})
    ),
    Page("not-mine-code", _not_mine_code()),
    Page("not-mine-code-errors", _not_mine_code(code="1")),
    Page("still-yours", _after_long()),
    Page("still-yours-errors", _after_long(national_id_end="1111")),
    Page("who-looked", _looked_at),
    Page("who-looked-none", lambda scene: scene.newcomer().get("/profile/looks/")),
]
