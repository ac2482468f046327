"""Django's `migrate`, which never keeps others waiting for a lock that it waits for itself."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from septam.postgres.migration_locks import until_free, waiting_shortly


class Command(migrate.Command):
    """The same options and answers."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises what Django's does; OperationalError where a table stays in use for minutes."""
        with waiting_shortly(connections[options["database"]]):
            until_free(lambda: super(Command, self).handle(*args, **options), self.stderr.write)
