"""The guard that a difference stands in one open order; an index for Postgres, built while people work."""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddUniqueOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("billing", "0022_searches_of_the_office")]
    operations: ClassVar = [
        AddUniqueOnce(
            "orderline",
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(kind="diff", open=True),
                name="difference_in_one_open_order",
            ),
        ),
    ]
