"""Every address of the portal and the office, with a person who may open it, for attacks that spare none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import FieldListFilter, SimpleListFilter
from django.db import transaction
from django.test import Client
from lxml import html

from tests.access.table import POSTED, STAFF, TABLE
from tests.access.test_matrix import address, names
from tests.access.world import PEOPLE, World, browser_of
from tests.architecture.source import APPS, python_files

# What opens the door for someone, if anything does.
OPEN = (200, 202, 409, 302, 503)
_PARAMETER = re.compile(
    r"""(?:GET\.get(?:list)?\(|GET\[|parameter_name = |_PARAM(?:ETER)? = )"(\w+)\""""
)
_OF_DJANGO = (
    "q",
    "p",
    "o",
    "all",
    "e",
    "_to_field",
    "_popup",
    "_changelist_filters",
    "next",
    "page",
)


@dataclass(frozen=True)
class Target:
    """An address and the browser of somebody who may open it."""

    name: str
    path: str
    person: str
    client: Client


def targets(world: World) -> Iterator[Target]:
    """One for each address: the first of owner, staff and visitors who gets furthest."""
    browsers = {person: browser_of(person, world) for person in ("owner", "anonymous", *STAFF)}
    for name in dict.fromkeys(names()):
        person = _who_gets_furthest(name)
        yield Target(name, address(name, world), person, browsers[person])


def _who_gets_furthest(name: str) -> str:
    people = STAFF if name.startswith(("admin:", "office/")) else ("owner", "anonymous")
    status = {person: TABLE[name][PEOPLE.index(person)] for person in people}
    return min(people, key=lambda one: ((*OPEN, 403, 404)).index(status[one]))


def answered(
    target: Target, method: str = "get", path: str = "", data: Any = None, **headers: Any
) -> Any:
    """The answer, read to its end; whatever changed is undone, the browser's cookies too."""
    client, key = target.client, target.client.cookies.get("sessionid")
    undone = transaction.atomic()
    undone._from_testcase = True
    with undone:
        answer = getattr(client, method)(path or target.path, data, **headers)
        transaction.set_rollback(True)
    if answer.streaming:
        answer.body = answer.getvalue()
    else:
        answer.body = answer.content
    client.cookies.clear()
    if key is not None:
        client.cookies["sessionid"] = key.value
    return answer


@cache
def parameters() -> tuple[str, ...]:
    """Every name that a page of ours, or Django's lists, reads from an address."""
    found = (_PARAMETER.findall(path.read_text()) for path in python_files(*APPS))
    return tuple(sorted({*chain.from_iterable(found), *_OF_DJANGO}))


@cache
def filters_of_lists() -> dict[str, tuple[str, ...]]:
    """The names of the filters of each list of the office, by the name of its address."""
    found: dict[str, tuple[str, ...]] = {}
    for model, one in admin.site._registry.items():
        named = []
        for entry in one.list_filter:
            kind = entry[1] if isinstance(entry, tuple) else entry
            if isinstance(kind, type) and issubclass(kind, SimpleListFilter):
                named.append(str(kind.parameter_name))
            elif isinstance(entry, tuple) and issubclass(entry[1], FieldListFilter):
                named.append(f"{entry[0]}__exact")
            elif isinstance(entry, str):
                named += [f"{entry}__exact", f"{entry}__id__exact"]
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        found[label] = tuple(named)
    return found


def forms_of(page: bytes, path: str = "") -> Iterator[dict[str, list[str]]]:
    """The fields of each form of the page that is sent by POST, as a browser would send them untouched.

    With a path those alone that go to it.
    """
    if b"<form" not in page:
        return
    for form in html.document_fromstring(page).forms:
        if form.method == "POST" and (not path or form.action in (None, "", path)):
            yield {name: _sent(form, name) for name in form.fields if name}


def _sent(form: Any, name: str) -> list[str]:
    value = form.fields[name]
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(one) for one in value]


__all__ = ["POSTED", "Target", "answered", "filters_of_lists", "forms_of", "parameters", "targets"]
