"""Invoices are listed by year and serial, so that the filter of years goes along that index; payments are found by a bank's reference.

The indexes are made, and dropped, while people work.
"""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """If it is interrupted, drop indexes that Postgres calls invalid, and run it again."""

    atomic = False
    dependencies: ClassVar = [("billing", "0021_filters_of_the_office")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "invoice",
            models.Index(
                fields=["year", "serial"], condition=models.Q(kind="credit"), name="credit_serial"
            ),
        ),
        RemoveIndexConcurrently("invoice", "invoice_credit"),
        RemoveIndexConcurrently("invoice", "invoice_year"),
        AddIndexConcurrently(
            "paymentattempt",
            models.Index(
                fields=["reference"], condition=~models.Q(reference=""), name="attempt_reference"
            ),
        ),
    ]
