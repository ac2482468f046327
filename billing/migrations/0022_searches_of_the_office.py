"""Invoices are listed by year and serial, so that the filter of years goes along that index; payments are found by a bank's reference.

The indexes are made, and dropped, while people work.
"""

from typing import ClassVar

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("billing", "0021_filters_of_the_office")]
    operations: ClassVar = [
        AddIndexOnce(
            "invoice",
            models.Index(
                fields=["year", "serial"], condition=models.Q(kind="credit"), name="credit_serial"
            ),
        ),
        RemoveIndexConcurrently("invoice", "invoice_credit"),
        RemoveIndexConcurrently("invoice", "invoice_year"),
        AddIndexOnce(
            "paymentattempt",
            models.Index(
                fields=["reference"], condition=~models.Q(reference=""), name="attempt_reference"
            ),
        ),
    ]
