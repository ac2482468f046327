"""Makes the figures of the office's first page anew: manage.py count_days 1403/01/01 [1403/06/31]."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.board import figures
from septam import clock, jalali


class Command(BaseCommand):
    """For a range of days: after a repair of old rows, or where the rules of counting changed. It may run beside the worker."""

    help = "Makes the kept figures of days anew (Jalali days, both included; without the second: until today)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The range."""
        parser.add_argument("first")
        parser.add_argument("last", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        """A week at a time, so that no lock is held for long."""
        try:
            first = jalali.parse_date(options["first"])
            last = jalali.parse_date(options["last"]) if options["last"] else clock.today()
        except jalali.DateError as fault:
            raise CommandError(f"not a Jalali day: {fault}") from fault
        day = first
        while day <= last:
            figures.rebuild(day, min(day + figures.CHUNK - timedelta(days=1), last))
            day += figures.CHUNK
        figures.rebuild_ends(clock.today())
        self.stdout.write(
            f"figures from {jalali.latin_date(first)} to {jalali.latin_date(last)} were made anew"
        )
