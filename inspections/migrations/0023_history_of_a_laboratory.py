"""An index for the history of a laboratory's requests. It is made while people work."""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0022_certificates_by_state")]
    operations: ClassVar = [
        AddIndexOnce(
            "visitrequest",
            models.Index(
                fields=["laboratory", "-id"],
                condition=models.Q(paid_at__isnull=False),
                name="request_lab_history",
            ),
        ),
    ]
