"""Moves the clock of a demo or test: `manage.py clock "1402/12/25 10:30"`, `manage.py clock now`."""

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from septam import clock, jalali


class Command(BaseCommand):
    """Makes a Jalali moment (Tehran) the present for every process of the portal."""

    help = "Make a moment the present: a Jalali date, a date and hour, or «now». Prints the offset in seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The moment."""
        parser.add_argument("moment", help='"1402/12/25", "1402/12/25 10:30" or "now"')

    def handle(self, *args: Any, **options: Any) -> None:
        """Move the clock; the offset goes to standard output, for the simulators."""
        try:
            offset = clock.move_to(parse_moment(options["moment"]))
        except RuntimeError as problem:
            raise CommandError(str(problem)) from problem
        except ValueError as problem:
            moment = options["moment"]
            raise CommandError(f"«{moment}» is no Jalali moment like 1402/12/25 10:30") from problem
        self.stdout.write(str(round(offset.total_seconds())))


def parse_moment(text: str) -> datetime | None:
    """The moment in Tehran; a date alone keeps the present hour; «now» is None. Raises ValueError."""
    if text.strip() == "now":
        return None
    day, _, hour = text.strip().partition(" ")
    at = time.fromisoformat(hour) if hour else clock.machine_now().astimezone(clock.TEHRAN).time()
    return datetime.combine(jalali.parse_date(day), at, tzinfo=clock.TEHRAN)
