"""A sample rule for each laboratory, so that the demo's months can be closed."""

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from billing.models import ShareRule
from sites.models import Laboratory

# 70 percent, from the first day of 1403.
SAMPLE_BASIS_POINTS = 7_000
SAMPLE_FROM = date(2024, 3, 20)


def load_sample_rules() -> int:
    """Make the rules of laboratories that have none; returns how many were made."""
    made = 0
    with transaction.atomic():
        for laboratory in Laboratory.objects.filter(share_rules=None):
            ShareRule.objects.create(
                laboratory=laboratory, basis_points=SAMPLE_BASIS_POINTS,
                days=DateRange(SAMPLE_FROM, None), is_sample=True,
            )  # fmt: skip
            made += 1
    return made
