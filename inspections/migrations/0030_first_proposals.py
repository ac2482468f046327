"""When a request's first time was proposed, and an index for a laboratory's last ones. It is made while people work.

Rows of before stay without: a laboratory's figures come back with its fifth first proposal after the upgrade.
"""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddFieldOnce, AddIndexOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0029_week_begins_on_saturday")]
    operations: ClassVar = [
        AddFieldOnce(
            "visitrequest",
            "first_proposed_at",
            models.DateTimeField(editable=False, null=True),
        ),
        AddIndexOnce(
            "visitrequest",
            models.Index(
                fields=["laboratory", "-first_proposed_at"],
                include=["paid_at"],
                condition=models.Q(first_proposed_at__isnull=False),
                name="request_first_proposed",
            ),
        ),
    ]
