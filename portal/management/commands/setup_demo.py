"""Makes the demo's people and places, or prints who they are."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import demo


class Command(BaseCommand):
    """Idempotent; refused in production."""

    help = "Load the demo's people and places; --print only says who they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--print`."""
        parser.add_argument("--print", action="store_true", dest="only_print")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, unless only asked who they are."""
        if settings.PRODUCTION:
            raise CommandError("the demo cannot be loaded in production mode")
        if not options["only_print"]:
            demo.load()
        self.stdout.write("\n".join(demo.lines()))
