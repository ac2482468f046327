"""What lies outside a laboratory's or an expert's scope does not exist for them, wherever in the office they type it.

Three strangers to one laboratory's work walk every address, list, action, export and autocomplete of the registered
admins: an expert and a manager of another laboratory, and an expert of the same one whose coverage lies elsewhere.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from accounts.models import Role, User
from inspections.models import VisitRequest
from septam.models import AuditEvent
from sites.models import Laboratory
from tests.access.table import POSTED, TABLE
from tests.access.test_matrix import CLOSED, YES, address, status
from tests.access.world import World, make_world, object_of
from tests.make import make_city, make_laboratory, make_province
from tests.people import make_expert, make_staff, office_client
from tests.watched_files import undone

pytestmark = pytest.mark.django_db
STRANGERS = ("foreign_expert", "foreign_manager", "uncovered_expert")
# Rows that are nobody's secret: whoever may look at the list may look at each of them.
SHARED = {
    "septam_sites_laboratory": "laboratories and what they cover are public",
}  # fmt: skip
# Not about a row of ours.
ROWLESS = ("admin:app_list", "admin:view_on_site", "admin:jsi18n")


def stranger(kind: str, world: World) -> User:
    """One of STRANGERS."""
    far = make_city("تبریز", make_province("آذربایجان شرقی", "03", "041"))
    if kind == "uncovered_expert":
        ours = world.journey.place.laboratory
        assert isinstance(ours, Laboratory)
        expert = make_expert(ours, "uncovered")
        expert.assignments.get().provinces.add(far.province)
        return expert
    other = make_laboratory("آزمایشگاه دیگر", far)
    if kind == "foreign_expert":
        return make_expert(other)
    return make_staff(Role.LAB_MANAGER, other)


def secrets_of(world: World) -> set[str]:
    """Words that stand on pages about the laboratory's work, and on no page of a stranger."""
    numbers = set(VisitRequest.objects.values_list("number", flat=True))
    titles = set(VisitRequest.objects.values_list("place__title", flat=True))
    return {str(world.owner.mobile), world.owner.get_full_name(), world.certificate.number, *numbers, *titles}  # fmt: skip


def addresses(world: World) -> Iterator[tuple[str, str, bool]]:
    """The name of each address of the office, the address with the world's row in it, and whether a row is in it."""
    for name in TABLE:
        if name.startswith("admin:") and name not in ROWLESS:
            try:
                yield name, reverse(name), False
            except NoReverseMatch:
                yield name, address(name, world), True


def is_shared(name: str) -> bool:
    """Whether the address is about a row that is nobody's secret."""
    return any(name.startswith(f"admin:{model}_") for model in SHARED)


@pytest.mark.parametrize("kind", STRANGERS)
def test_no_address_of_a_row_opens_and_no_list_or_page_shows_it(kind: str) -> None:
    world = make_world()
    client = office_client(stranger(kind, world))
    secrets, wrong = secrets_of(world), []
    for name, path, about_a_row in addresses(world):
        if about_a_row and not is_shared(name):
            found = status(client, path, None)
            # Who may not open such pages at all may not send to them either: tests/access/test_matrix.py.
            sent = status(client, path, {**YES, **POSTED.get(name, {})}) if found != 403 else 403
            if {found, sent} - {*CLOSED, 405}:
                wrong.append(f"{name}: {found}, {sent}")
        elif not about_a_row:
            wrong += [f"{name}: shows {word}" for word in secrets & words_of(client, path, secrets)]
    assert "\n".join(wrong) == ""


def words_of(client: Client, path: str, secrets: set[str]) -> set[str]:
    """Which of the secrets the page shows, or the file that a POST there gives."""
    ask = client.post if path.endswith("/export/") else client.get
    with undone():
        answer = ask(path)
    text = (answer.getvalue() if answer.streaming else answer.content).decode(errors="ignore")
    return {word for word in secrets if word in text}


@pytest.mark.parametrize("kind", STRANGERS)
def test_no_action_reaches_a_row_outside_the_scope(kind: str) -> None:
    world = make_world()
    user = stranger(kind, world)
    client, request = office_client(user), RequestFactory().get("/")
    request.user = user
    tried, reached = 0, []
    for model, page in admin.site._registry.items():
        label = model._meta.label_lower
        if not page.has_view_permission(request) or label.replace(".", "_") in SHARED:
            continue
        row = object_of(label, world)
        assert not page.get_queryset(request).filter(pk=row.pk).exists(), label
        # Django's own, which no list offers, is sent by hand all the same.
        for name in {"delete_selected", *page.get_actions(request)}:
            tried += 1
            if acted(client, model, name, row):
                reached.append(f"{label} {name}")
    assert reached == []
    assert tried


def acted(client: Client, model: Any, action: str, row: Any) -> bool:
    """Whether the action, sent by hand for this row, did anything to it."""
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    with undone():
        before = AuditEvent.objects.latest("pk").pk
        client.post(path, {"action": action, ACTION_CHECKBOX_NAME: [row.pk], "post": "yes"})
        events = AuditEvent.objects.filter(pk__gt=before).exclude(verb="office.list")
        changed = events.exists() or not model.objects.filter(pk=row.pk).exists()
    return changed


def test_autocomplete_offers_only_what_its_list_shows() -> None:
    """No admin asks for it yet; one that does has to stand here with a walk of its own."""
    assert [page for page in admin.site._registry.values() if page.autocomplete_fields] == []


def test_the_walk_finds_rows_where_they_are_open() -> None:
    world = make_world()
    client = office_client(world.journey.expert)
    path = reverse("admin:inspections_visitrequest_changelist")
    assert words_of(client, path, secrets_of(world))
    assert status(client, address("admin:inspections_visitrequest_change", world), None) == 200
