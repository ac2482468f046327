"""Loads the reference data from data/; running it again changes nothing that is right already."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts import reference as accounts_reference
from billing import reference as billing_reference
from inspections import reference as inspections_reference
from portal import reference as portal_reference
from sites import reference as sites_reference

LOADERS = (
    sites_reference.load_all,
    inspections_reference.load_criteria,
    inspections_reference.load_holidays,
    billing_reference.load_prices,
    portal_reference.load_canned_answers,
)


class Command(BaseCommand):
    """Provinces, cities, categories, laboratories, criteria, terms, tariffs, VAT rates, holidays, ready answers."""

    help = "Load the reference data from data/ (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all, or nothing."""
        with transaction.atomic():
            for load in LOADERS:
                load()
            accounts_reference.load_terms(settings.BASE_DIR / "data" / "terms.md")
        self.stdout.write("reference data loaded")
