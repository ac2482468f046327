"""Makes the groups of the staff's roles; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import roles


class Command(BaseCommand):
    """`manage.py setup_roles`."""

    help = "Make or renew the groups of the staff's roles with their permissions."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where a role names a permission that does not exist."""
        unknown = roles.setup()
        if unknown:
            raise CommandError(f"no such permission: {', '.join(unknown)}")
        self.stdout.write("roles: ready")
