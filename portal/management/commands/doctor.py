"""Says in words what is wrong with this set-up; the exit code is 1 where something is.

manage.py doctor               looks at everything
manage.py doctor --offline     asks neither banks nor SMS providers nor the public address
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from portal.doctor import address, cache, content, database, files, outside, work
from portal.doctor.findings import Finding, Level, safely


class Command(BaseCommand):
    """Runs also where the system checks would refuse to: it is there to say what they would."""

    help = "Say in words what is wrong with this set-up."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether others are asked, and whether what is good is told."""
        parser.add_argument("--offline", action="store_true", help="ask nobody outside")
        parser.add_argument(
            "--quiet", action="store_true", help="tell only what is wrong or worth knowing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """A line each; the worst is said at the end."""
        counts = dict.fromkeys(Level, 0)
        for finding in examine(offline=options["offline"]):
            counts[finding.level] += 1
            if finding.level != Level.GOOD or not options["quiet"]:
                self.stdout.write(f"{finding.level:<6} {finding.about}: {finding.text}")
        self.stdout.write(
            f"{counts[Level.WRONG]} wrong, {counts[Level.NOTE]} worth knowing, {counts[Level.GOOD]} good"
        )
        if counts[Level.WRONG]:
            sys.exit(1)


def examine(*, offline: bool) -> Iterator[Finding]:
    """Every look, the database's only where it answers."""
    yield from safely("settings", address.settings_hold)
    reached = list(safely("database", database.answers))
    yield from reached
    if all(finding.level == Level.GOOD for finding in reached):
        made = list(safely("database", database.looks))
        yield from made
        if not any(
            finding.about == "migrations" and finding.level == Level.WRONG for finding in made
        ):
            yield from safely("worker", work.looks)
            yield from safely("content", content.looks)
    yield from safely("cache", cache.looks)
    yield from safely("files", files.looks)
    if not offline:
        yield from safely("outside", outside.looks)
        yield from safely("address", address.looks)
