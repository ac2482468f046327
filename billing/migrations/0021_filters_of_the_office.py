"""Indexes for filters of the office's payments and invoices. They are made while people work."""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("billing", "0020_credit_notes_of_the_office")]
    operations: ClassVar = [
        AddIndexOnce(
            "paymentattempt", models.Index(fields=["gateway", "-id"], name="attempt_gateway")
        ),
        AddIndexOnce(
            "paymentattempt",
            models.Index(
                fields=["-id"],
                condition=models.Q(final_amount_rial__lt=models.F("amount_rial"))
                | models.Q(final_amount_rial__gt=models.F("amount_rial")),
                name="attempt_other_amount",
            ),
        ),
        AddIndexOnce(
            "invoice", models.Index(fields=["year", "-id"], name="invoice_year")
        ),
    ]
