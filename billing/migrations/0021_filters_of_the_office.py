"""Indexes for filters of the office's payments and invoices. They are made while people work."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """If it is interrupted, drop indexes that Postgres calls invalid, and run it again."""

    atomic = False
    dependencies: ClassVar = [("billing", "0020_credit_notes_of_the_office")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "paymentattempt", models.Index(fields=["gateway", "-id"], name="attempt_gateway")
        ),
        AddIndexConcurrently(
            "paymentattempt",
            models.Index(
                fields=["-id"],
                condition=models.Q(final_amount_rial__lt=models.F("amount_rial"))
                | models.Q(final_amount_rial__gt=models.F("amount_rial")),
                name="attempt_other_amount",
            ),
        ),
        AddIndexConcurrently(
            "invoice", models.Index(fields=["year", "-id"], name="invoice_year")
        ),
    ]
