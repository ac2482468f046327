"""Whether a long-running process is alive: a row it renews, on the machine's clock."""

from datetime import timedelta

from django.db import connection

from septam import clock
from septam.models import Heartbeat

ALIVE_WITHIN = timedelta(seconds=60)
_BEAT = """
INSERT INTO septam_heartbeat (name, at) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""


def beat(name: str) -> None:
    """Say that the process `name` is alive now."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [name, clock.machine_now()])


def is_alive(name: str) -> bool:
    """Whether `name` was heard of within the last minute."""
    return Heartbeat.objects.filter(name=name, at__gt=clock.machine_now() - ALIVE_WITHIN).exists()
