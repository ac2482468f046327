"""The office's search: looks for what was typed among all kinds at once, and notes whose data it showed."""

from typing import NamedTuple

from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from accounts.models import User
from portal.office.asking import MOST, Asked, Hit, Kind
from portal.office.kinds import permitted
from portal.office.readings import Readings, read
from septam import audit


class Group(NamedTuple):
    """The results of one kind; `more` leads to the list with the rest, `is_cut` says that there are more."""

    title: str | Promise
    hits: list[Hit]
    is_cut: bool
    more: str


class Found(NamedTuple):
    """What was typed, how it was read, and the results by kind."""

    readings: Readings
    groups: list[Group]
    only: Hit | None


def find(user: User, typed: str) -> Found:
    """Everything that this person may see of what was typed; noted in the audit log where there is any."""
    asked = Asked(user, read(typed))
    if not asked.readings.typed or asked.readings.is_too_short:
        return Found(asked.readings, [], None)
    with transaction.atomic():
        _go_by_indexes()
        shown = [(kind, hits) for kind in permitted(user) if (hits := kind.find(asked))]
        _note(user, asked.readings, [hit for _kind, hits in shown for hit in hits[:MOST]])
    leading = [hit for kind, hits in shown if not kind.aside for hit in hits]
    groups = [_group(kind, hits, asked.readings) for kind, hits in shown]
    return Found(asked.readings, groups, leading[0] if len(leading) == 1 else None)


def _go_by_indexes() -> None:
    """For this transaction: a name that looks common to the planner but is rare would have it read every row."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def _note(user: User, readings: Readings, hits: list[Hit]) -> None:
    """One event a kind of thing, so that the log knows whose the rows are."""
    found: dict[str, list[int]] = {}
    for label, _colon, pk in (hit.row.partition(":") for hit in hits if hit.row):
        found.setdefault(label, []).append(int(pk))
    for label, ids in found.items():
        audit.record(
            user.pk, "office.find", apps.get_model(label)(), by=readings.class_name, ids=ids
        )


def _group(kind: Kind, hits: list[Hit], readings: Readings) -> Group:
    is_cut = len(hits) > MOST
    more = ""
    if is_cut and kind.more:
        query = urlencode({"q": readings.mobile or readings.number or readings.typed})
        more = f"{reverse(f'admin:{kind.more}_changelist')}?{query}"
    return Group(kind.title, hits[:MOST], is_cut, more)
