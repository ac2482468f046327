"""One at a time: a decision about several rows that no row of them can hold."""

from django.db import connection


def take(name: str) -> None:
    """Wait for whoever has this turn, and have it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
