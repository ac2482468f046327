"""Asks every SMS provider that is used for its credit, or writes the texts that its panel must approve.

manage.py sms_providers
manage.py sms_providers --templates smsir
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifications.panel_texts import MARKS, for_panel
from notifications.providers import registry
from notifications.providers.base import ProviderError


class Command(BaseCommand):
    """The exit code is 1 where a provider cannot be asked or has little credit."""

    help = "Ask the SMS providers for their credit, or write the templates for a provider's panel."

    def add_arguments(self, parser: CommandParser) -> None:
        """The provider whose templates are written."""
        parser.add_argument("--templates", choices=sorted(MARKS), help="whose templates to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one or the other."""
        if options["templates"]:
            self._write_templates(options["templates"])
            return
        unwell = [name for name in registry.offered() if not self._tell_credit(name)]
        if unwell:
            sys.exit(1)

    def _write_templates(self, provider: str) -> None:
        for name, text in for_panel(provider).items():
            self.stdout.write(f"— {name}\n{text}\n")

    def _tell_credit(self, name: str) -> bool:
        try:
            credit = registry.provider(name).credit()
        except ProviderError as problem:
            self.stdout.write(f"{name}: {type(problem).__name__} {problem.code}")
            return False
        low = " (low)" if credit.is_low else ""
        self.stdout.write(f"{name}: {credit.amount:,} {credit.unit}{low}")
        return not credit.is_low
