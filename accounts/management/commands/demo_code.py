"""Prints the code that a demo person's authenticator shows now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.second_factor import devices


class Command(BaseCommand):
    """`manage.py demo_code NAME`."""

    help = "Print the present second-factor code of a demo person (never in production)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The username."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in production, and for somebody without an authenticator."""
        if settings.PRODUCTION:
            raise CommandError("demo_code works in demo and test modes only")
        user = User.objects.filter(username=options["username"], is_staff=True).first()
        device = devices.device_of(user) if user else None
        if device is None:
            raise CommandError(f"{options['username']} has no authenticator")
        self.stdout.write(devices.current_code(device))
