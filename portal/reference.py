"""Loads this app's reference data: ready answers of support."""

import csv

from django.conf import settings

from portal.models import CannedAnswer


def load_canned_answers() -> None:
    """Make those that are missing by their title; one that staff changed stays as they left it."""
    path = settings.BASE_DIR / "data" / "canned_answers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    known = set(CannedAnswer.objects.values_list("title", flat=True))
    CannedAnswer.objects.bulk_create(
        CannedAnswer(
            title=row["title"], subject=row["subject"], text=row["text"], position=row["position"]
        )
        for row in rows
        if row["title"] not in known
    )
