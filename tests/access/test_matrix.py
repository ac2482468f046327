"""Every address of the portal and the office against every kind of visitor, by the table in tests/access/table.py."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.table import POSTED, TABLE
from tests.access.world import PEOPLE, World, arguments_of, browser_of, make_world, object_of

pytestmark = pytest.mark.django_db
# What a page that asks would take for a consent.
YES = {"answer": "yes", "post": "yes"}
CLOSED = (403, 404)


def names(resolver: URLResolver | None = None, spaces: str = "", route: str = "") -> Iterator[str]:
    """The name of each address, with its name space; an address without a name goes by its route."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield spaces + entry.name if entry.name else here
        else:
            yield from names(
                entry, f"{spaces}{entry.namespace}:" if entry.namespace else spaces, here
            )


def address(name: str, world: World) -> str:
    """The address with something real in it."""
    if name.endswith("<path:object_id>/"):
        app, model = name.split("/")[1:3]
        return "/" + name.replace("<path:object_id>", str(object_of(f"{app}.{model}", world).pk))
    if name == "office/(?P<url>.*)$":
        return "/office/nothing-here/"
    if not name.startswith("admin:"):
        return reverse(name, kwargs=arguments_of(name, world))
    return _office_address(name, world)


def _acting_address(name: str, world: World) -> str:
    place = [world.ready_place.pk] if name.endswith("_edit") else []
    return reverse(name, args=[world.owner.pk, *place])


def _known_in_office(world: World) -> dict[str, dict[str, Any]]:
    return {
        "admin:app_list": {"app_label": "inspections"},
        "admin:find": {},
        "admin:import_index": {},
        "admin:import_kind": {"kind": "cities"},
        "admin:import_present_csv": {"kind": "cities"},
        "admin:import_template_csv": {"kind": "cities"},
        "admin:import_result": {"pk": world.kept_import.pk},
        "admin:import_file_csv": {"pk": world.kept_import.pk},
        "admin:request_story": {"pk": world.proposed.pk},
        "admin:accounts_user_help": {"pk": world.owner.pk},
        "admin:accounts_user_second_factor": {"pk": world.owner.pk},
        "admin:billing_order_exports": {},
        "admin:inspections_visitrequest_unassigned": {},
        "admin:billing_paymentattempt_review": {},
        "admin:billing_paymentattempt_review_one": {"pk": world.settled.pk},
        "admin:billing_paymentattempt_review_step": {"pk": world.settled.pk, "step_name": "close"},
        "admin:billing_refundcase_ask": {"order_id": world.paid_order.pk},
        "admin:billing_refundcase_by_hand": {"pk": world.paid_order.refund_cases.get().pk},
        "admin:billing_sharestatement_months": {},
        "admin:billing_sharestatement_close": {
            "laboratory_id": world.journey.place.laboratory_id,
            "year": 1402,
            "month": 11,
        },
        "admin:inspections_visitrequest_photo": {
            "pk": world.photo.request_id,
            "token": world.photo.token,
        },
        "admin:view_on_site": {"content_type_id": 1, "object_id": 1},
    }


def _office_address(name: str, world: World) -> str:
    if name.startswith("admin:accounts_user_act_"):
        return _acting_address(name, world)
    world.office = known = world.office or _known_in_office(world)
    model, _underscore, view = name.removeprefix("admin:").rpartition("_")
    if name in known or "_" not in name or name.startswith(("admin:password_change", "admin:app")):
        return reverse(name, kwargs=known.get(name))
    if view in ("changelist", "add", "export", "today", "feed"):
        return reverse(name)
    if view in ("call", "propose", "assign"):
        return reverse(name, args=[world.scheduling.pk])
    model = model.removesuffix("_send")  # of «send_back»
    return reverse(name, args=[object_of(_label(model), world).pk])


def _label(flat: str) -> str:
    app, _underscore, model = flat.rpartition("_")
    return f"{app}.{model}"


def status(client: Client, path: str, data: dict[str, str] | None) -> int:
    """How the address answers a POST of `data`, or a GET; whatever changed is undone, the cookies too."""
    key = client.cookies.get("sessionid")
    undone = transaction.atomic()
    # As Django's own test case marks its transactions: a view may begin a durable one inside.
    undone._from_testcase = True
    with undone:
        answer = client.get(path) if data is None else client.post(path, data)
        transaction.set_rollback(True)
    if answer.streaming:
        answer.getvalue()  # to its end: then the file is closed
    client.cookies.clear()
    if key is not None:
        client.cookies["sessionid"] = key.value
    return int(answer.status_code)


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    assert sorted(set(names()) - set(TABLE)) == []
    assert sorted(set(TABLE) - set(names())) == []


def test_the_walk_finds_pages_of_the_portal_of_the_office_and_those_without_a_name() -> None:
    walked = set(names())
    assert {
        "portal:home",
        "admin:accounts_user_delete",
        "office/accounts/user/<path:object_id>/",
    } <= walked
    assert len(walked) > 150


@pytest.mark.parametrize("person", PEOPLE)
def test_each_visitor_gets_what_the_table_says(person: str) -> None:
    world = make_world()
    client = browser_of(person, world)
    wrong = []
    for name in names():
        expected = TABLE[name][PEOPLE.index(person)]
        path = address(name, world)
        found = status(client, path, POSTED.get(name))
        if found != expected:
            wrong.append(f"{name}: {found}, not {expected}")
        if expected in CLOSED and status(client, path, YES) not in (*CLOSED, 405):
            wrong.append(f"{name}: a POST gets through")
    assert wrong == []
