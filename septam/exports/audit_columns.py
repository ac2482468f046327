"""What a row of the audit log is in a file."""

import json
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from septam import audit, audit_words
from septam.exports.columns import Column, moment


def _number_of_thing(number: str) -> str:
    return "" if number == audit.OF_A_LIST else number


EVENTS: Sequence[Column] = (
    Column(_("Number"), "pk"),
    moment(_("When"), "at"),
    Column(_("Number of the person"), "actor_id"),
    Column(_("What was done"), "verb", convert=audit_words.of_verb),
    Column(_("Verb"), "verb"),
    Column(_("Kind of thing"), "object_type", convert=audit_words.of_kind),
    Column(_("Number of the thing"), "object_id", convert=_number_of_thing),
    Column(_("Whose data"), "owner_ids", convert=lambda owners: " ".join(map(str, owners))),
    Column(_("Detail"), "detail", convert=lambda detail: json.dumps(detail, ensure_ascii=False)),
    Column(_("Address"), "client"),
    Column(_("Request id"), "request_id"),
)
