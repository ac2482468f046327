"""Ends a second factor from the server, where no second manager is left to approve it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.second_factor import devices


class Command(BaseCommand):
    """`manage.py reset_second_factor NAME`."""

    help = "End a staff member's authenticator and recovery codes; noted in the audit log as the system's."

    def add_arguments(self, parser: CommandParser) -> None:
        """The username."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where there is no such member of staff."""
        user = User.objects.filter(username=options["username"], is_staff=True).first()
        if user is None:
            raise CommandError(f"no member of staff is called {options['username']}")
        devices.reset(user, None)
        self.stdout.write("done; an authenticator is joined anew at the next sign-in")
