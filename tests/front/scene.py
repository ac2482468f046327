"""Where the pages of the registry are reached: one world of data, rolled back to after each page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from accounts.models import Role, User
from billing.models import AttemptState, PaymentAttempt
from inspections import workflow
from inspections.models import VisitReport, VisitRequest
from septam import clock
from tests.access.world import World, arguments_of, make_world
from tests.people import make_owner, make_staff


class Scene:
    """What a page of the registry is reached with; everything it does is undone afterwards."""

    def __init__(self, world: World) -> None:
        self.world = world

    def client(self, user: User | None = None) -> Client:
        """A browser, with this person signed in."""
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        return client

    @property
    def visitor(self) -> Client:
        """Nobody known."""
        return self.client()

    @property
    def owner(self) -> Client:
        """The owner of the world's places."""
        return self.client(self.world.owner)

    def newcomer(self, *, with_profile: bool = True) -> Client:
        """An owner who has nothing yet."""
        return self.client(make_owner("09357654399", name="نگار صادقی", with_profile=with_profile))

    def member(self) -> tuple[User, Client]:
        """A member of staff who signed in with the password alone."""
        user = make_staff(Role.SUPPORT)
        return user, self.client(user)

    def url(self, name: str, **arguments: Any) -> str:
        """An address with the world's things in it, unless told otherwise."""
        return reverse(name, kwargs=arguments or arguments_of(name, self.world))

    def end(self, outcome: str, *, endorsed: bool = True, failing: str = "") -> VisitRequest:
        """Let the expert visit the accepted request and hand in a report with this outcome, and one item that failed."""
        world, visit = self.world, self.world.accepted
        clock.move_to(world.slot_of(visit).starts_at + timedelta(hours=1))
        report = VisitReport.objects.create(
            request=visit, expert=world.journey.expert, outcome=outcome, level=4
        )
        if failing:
            item = visit.criteria_set.criteria.get(code=failing)
            report.answers.create(criterion=item, value="30", passed=False, comment="تنها سی روز")
        workflow.submit_report(report.pk, world.journey.expert)
        if endorsed:
            workflow.endorse(report.pk, world.journey.manager)
        visit.refresh_from_db()
        return visit

    def fill_cart(self) -> None:
        """Give the payment up that holds the place of the cart: it stands there again."""
        PaymentAttempt.objects.filter(pk=self.world.waiting.pk).update(state=AttemptState.ABANDONED)

    def page_of(self, visit: VisitRequest) -> Any:
        """The story page of a request."""
        return self.owner.get(self.url("inspections:request", number=visit.number))

    def template(self, name: str) -> HttpResponse:
        """A page that needs no request."""
        return HttpResponse(render_to_string(name))


Reach = Callable[[Scene], Any]


@dataclass(frozen=True)
class Page:
    """A page in one state: how to reach it, its status, and whether it is only a part of a page."""

    name: str
    reach: Reach
    status: int = 200
    is_part: bool = False


@dataclass(frozen=True)
class Rendered:
    """What came back."""

    page: Page
    status: int
    html: str
    templates: frozenset[str]
    policy: str = ""


def render(pages: list[Page]) -> list[Rendered]:
    """Reach each page from the same world. Call it where the database may be used and is rolled back."""
    scene = Scene(make_world())
    now = clock.now()
    return [_reached(page, scene, now) for page in pages]


def _reached(page: Page, scene: Scene, now: Any) -> Rendered:
    visits = {
        name: getattr(scene.world, name)
        for name in ("scheduling", "proposed", "accepted", "in_cart")
    }
    whole = transaction.atomic()
    # As a test's own: what the page commits is outermost as far as the page knows.
    whole._from_testcase = True  # type: ignore[attr-defined]
    with whole:
        answer = page.reach(scene)
        templates = frozenset(
            t.name for t in getattr(answer, "templates", []) if isinstance(t.name, str)
        )
        transaction.set_rollback(True)
    clock.move_to(now)
    cache.clear()
    for visit in visits.values():
        visit.refresh_from_db()
    policy = answer.get("Content-Security-Policy", "")
    return Rendered(page, answer.status_code, answer.content.decode(), templates, policy)


@pytest.fixture(scope="session")
def rendered(django_db_setup: None, django_db_blocker: Any) -> list[Rendered]:
    """Every page of the registry, reached once for all tests of a process."""
    from tests.front.pages import PAGES

    cheap = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    whole = transaction.atomic()
    # Stands for a test's own: the world is made outside of any transaction, as far as its files can tell.
    whole._from_testcase = True  # type: ignore[attr-defined]
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=cheap), whole:
        found = render(PAGES)
        transaction.set_rollback(True)
    clock.forget()
    assert settings.MODE == "test"
    return found
