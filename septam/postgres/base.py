"""Whether a kept connection still stands is asked before each request: by a look at its socket, not by a query.

No statement is compiled: where Postgres guesses that one reads much it would spend up to a second on that, and here all
of them read little. A kept statement keeps one plan: Postgres would plan a wide one anew for each call, in the hope of
values that are worth it, and ours ask for rows by their keys.
"""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """Django's own, but for `is_usable`, without `jit` and with one plan for each kept statement."""

    connection: Any

    def init_connection_state(self) -> None:
        """A statement once a connection, not an option of it: poolers refuse those that they do not know."""
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute("SET jit = off; SET plan_cache_mode = force_generic_plan")
        if not self.get_autocommit():
            self.connection.commit()

    def is_usable(self) -> bool:
        """A server that hung up has left something to read. Where there is something, Django's query decides."""
        raw = self.connection
        if raw is None or raw.closed:
            return False
        socket = select.poll()
        socket.register(raw.fileno(), select.POLLIN | select.POLLPRI)
        return not socket.poll(0) or bool(super().is_usable())
