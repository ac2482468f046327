"""Everything that the database holds, as text to look for secrets in."""

import re

from django.contrib.sessions.models import Session
from django.db import connection

# Fractions of seconds are long numbers that may equal a code by chance.
_TIMES = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")


def dump() -> str:
    """Each row of each table, and what the sessions say once they are decoded."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")
            rows += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    rows += [str(session.get_decoded()) for session in Session.objects.all()]
    return _TIMES.sub("", "\n".join(rows))


def lines_with(secret: str, text: str) -> list[str]:
    """The lines of `text` that hold the secret, however many letters stand around it."""
    pattern = re.compile(rf"(?<!\d){re.escape(secret)}(?!\d)")
    return [line for line in _TIMES.sub("", text).splitlines() if pattern.search(line)]
