"""Every page of the office that shows personal data, and every action, leaves an event in the audit log.

The walk is made from the registered admins and the addresses: a new page or action without an event fails.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from notifications.models import SmsMessage, SmsState
from septam import audit
from septam.models import AuditEvent
from tests.access.table import MODELS, POSTED, STAFF, TABLE
from tests.access.test_matrix import address, status
from tests.access.world import PEOPLE, World, browser_of, make_world, object_of
from tests.people import make_stranger
from tests.watched_files import undone

pytestmark = pytest.mark.django_db


# Pages under a personal model that show nobody's data: forms for something new, sums, and steps that only lead on.
NOBODYS = {
    "admin:accounts_user_add": "a new person",
    "admin:billing_banktransfer_add": "a transfer that is recorded",
    "admin:billing_order_exports": "the question which rows; the download is an event of its own",
    "admin:notifications_smsmessage_add": "nobody may",
    "admin:inspections_visitrequest_feed": "the address of the expert's own calendar",
}


# Rows that are nobody's until they are matched.
UNMATCHED = {"billing.banktransfer"}


def personal_models() -> list[Any]:
    """The models whose pages show owners' data."""
    return [model for model, page in admin.site._registry.items() if page.personal]


def test_every_personal_model_says_whose_its_rows_are() -> None:
    assert [model for model in personal_models() if not audit.names_owners(model)] == []


def personal_pages() -> Iterator[tuple[str, int]]:
    """The addresses below personal models that open for somebody, with the place of the first such person."""
    prefixes = tuple(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_" for model in personal_models()
    )
    for name, row in TABLE.items():
        seen_by = [PEOPLE.index(one) for one in STAFF if row[PEOPLE.index(one)] == 200]
        if name.startswith(prefixes) and name not in NOBODYS and seen_by:
            yield name, seen_by[0]


def test_each_look_at_personal_data_is_an_event_that_names_the_owner() -> None:
    world, silent = make_world(), []
    browsers = {person: browser_of(person, world) for person in STAFF}
    for name, place in personal_pages():
        events = seen_events(browsers[PEOPLE[place]], address(name, world), POSTED.get(name))
        if not any(_tells(event, world.owner) for event in events):
            silent.append(f"{name}: {[event.verb for event in events]}")
    assert "\n".join(silent) == ""
    assert len(list(personal_pages())) > 25


def _tells(event: AuditEvent, owner: User) -> bool:
    nobodys = event.object_type in UNMATCHED or event.detail.get("ids") == []
    return nobodys or owner.pk in (event.owner_ids or ())


def seen_events(browser: Any, path: str, data: dict[str, str] | None) -> list[AuditEvent]:
    """What a look at this address by its visitor leaves in the log; undone afterwards."""
    with undone():
        before = AuditEvent.objects.latest("pk").pk
        answer = browser.get(path) if data is None else browser.post(path, data)
        if answer.streaming:
            answer.getvalue()  # to its end: then the file is closed
        user_id = int(browser.session["_auth_user_id"])
        found = list(AuditEvent.objects.filter(pk__gt=before, actor_id=user_id))
    return found


def actions(world: World) -> Iterator[tuple[str, str, str]]:
    """Every action that somebody is offered: the person, the list's address, the action's name."""
    for person in STAFF:
        browser = browser_of(person, world)
        request = RequestFactory().get("/")
        request.user = User.objects.get(pk=browser.session["_auth_user_id"])
        for model, page in admin.site._registry.items():
            label = f"{model._meta.app_label}/{model._meta.model_name}"
            if person not in MODELS[label].view.split():
                continue
            path = reverse(f"admin:{label.replace('/', '_')}_changelist")
            for name in page.get_actions(request):
                yield person, path, name


def rows_for_actions(world: World) -> dict[str, Any]:
    """Rows with which an action has something to do, where those of the world leave it nothing."""
    member = world.journey.expert
    User.objects.filter(pk=member.pk).update(mobile="09121110000")
    TOTPDevice.objects.get_or_create(user=member, name="totp", confirmed=True)
    dead = SmsMessage.objects.exclude(sensitive=True).latest("pk")
    SmsMessage.objects.filter(pk=dead.pk).update(state=SmsState.DEAD)
    return {"accounts.user": member, "notifications.smsmessage": dead}


def test_each_action_of_the_office_is_an_event() -> None:
    world = make_world()
    offered = sorted(set(actions(world)))
    browsers = {person: browser_of(person, world) for person in STAFF}
    silent = []
    fitting = rows_for_actions(world)
    for person, path, name in offered:
        app, model = path.strip("/").split("/")[1:3]
        row = fitting.get(f"{app}.{model}") or object_of(f"{app}.{model}", world)
        if person in MODELS[f"{app}/{model}"].unseen.split():
            continue
        rows = [row.pk]
        data = {"action": name, ACTION_CHECKBOX_NAME: rows, "post": "yes"}
        with undone():
            before = AuditEvent.objects.latest("pk").pk
            answer = browsers[person].post(path, data)
            told = AuditEvent.objects.filter(pk__gt=before, actor_id__isnull=False)
            if not told.exclude(verb="office.list").exists():
                silent.append(f"{person}: {path} {name}: {answer.status_code}")
    assert "\n".join(silent) == ""
    assert offered


def test_an_owner_reads_who_looked_at_the_own_file_and_nothing_of_others() -> None:
    world = make_world()
    stranger = make_stranger()
    support = browser_of("support", world)
    support.get(reverse("admin:accounts_user_change", args=[world.owner.pk]))
    support.get(reverse("admin:accounts_user_change", args=[stranger.pk]))
    expert = browser_of("expert", world)
    expert.get(reverse("admin:inspections_visitrequest_change", args=[world.scheduling.pk]))
    page = browser_of("owner", world).get("/profile/looks/").content.decode()
    assert "پشتیبانی" in page
    assert f"کارشناس – {world.journey.place.laboratory}" in page
    assert "سارا" not in page  # the staff's names are not told
    looks = AuditEvent.objects.filter(owner_ids__contains=[stranger.pk]).exclude(
        actor_id=stranger.pk
    )
    assert [event.verb for event in looks] == ["office.view"]


def test_what_the_owner_did_is_no_look_and_a_list_is_one_for_all_whom_it_showed() -> None:
    world = make_world()
    stranger = make_stranger()
    support = browser_of("support", world)
    support.get(reverse("admin:accounts_user_changelist"))
    listed = AuditEvent.objects.filter(verb="office.list").latest("pk")
    assert {world.owner.pk, stranger.pk} <= set(listed.owner_ids or ())
    own = browser_of("owner", world)
    own.post("/profile/", {"kind": "person", "name": "محمد حسینی", "national_id": "0499370899"})
    shown = own.get("/profile/looks/")
    assert shown.context["looks"][0].verb == "دیدن در فهرست"


def test_a_role_that_somebody_loses_later_stays_in_the_event() -> None:
    world = make_world()
    expert = world.journey.expert
    browser_of("expert", world).get(
        reverse("admin:inspections_visitrequest_change", args=[world.scheduling.pk])
    )
    expert.assignments.update(active=False)
    page = browser_of("owner", world).get("/profile/looks/").content.decode()
    assert "کارشناس –" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"owner": "09121234567"}, True), ({"owner": "۰۹۱۲۱۲۳۴۵۶۷", "verb": "office.view"}, True),
        ({"verb": "account.register"}, False), ({"kind": "accounts.user", "number": "0"}, False),
        ({"first_day": "۱۴۰۰/۰۱/۰۱", "last_day": "۱۴۰۰/۰۱/۰۲"}, False), ({"number": "1"}, False),
        ({"actor": "nobody-here"}, False),
    ],
)  # fmt: skip
def test_the_office_finds_events_by_person_verb_thing_days_and_owner(
    query: dict[str, str], found: bool
) -> None:
    world = make_world()
    browser_of("support", world).get(reverse("admin:accounts_user_change", args=[world.owner.pk]))
    shown = browser_of("manager", world).get("/office/septam/auditevent/", query)
    assert shown.status_code == 200
    events = [event for event in shown.context["cl"].result_list if event.verb == "office.view"]
    assert bool(events) is found


def test_events_of_an_owner_are_read_along_the_owners_index() -> None:
    world = make_world()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    shown = browser_of("manager", world).get(
        "/office/septam/auditevent/", {"owner": str(world.owner.pk)}
    )
    assert "audit_owners" in shown.context["cl"].queryset[:50].explain()


def test_the_choices_of_the_search_are_what_the_log_holds() -> None:
    world = make_world()
    shown = browser_of("manager", world).get("/office/septam/auditevent/")
    verbs = [
        value for value, _title in shown.context["cl"].filter_specs[0].form.fields["verb"].choices
    ]
    held = set(AuditEvent.objects.values_list("verb", flat=True))
    assert set(verbs) == {"", *held}
    assert status(browser_of("support", world), "/office/septam/auditevent/", None) == 403
