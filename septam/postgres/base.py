"""Whether a kept connection still stands is asked before each request: by a look at its socket, not by a query."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """Django's own, but for `is_usable`."""

    connection: Any

    def is_usable(self) -> bool:
        """A server that hung up has left something to read. Where there is something, Django's query decides."""
        raw = self.connection
        if raw is None or raw.closed:
            return False
        socket = select.poll()
        socket.register(raw.fileno(), select.POLLIN | select.POLLPRI)
        return not socket.poll(0) or bool(super().is_usable())
