"""An index for the filter of states in a laboratory's list of certificates. It is made while people work."""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0021_how_items_are_mended")]
    operations: ClassVar = [
        AddIndexOnce(
            "certificate",
            models.Index(fields=["laboratory", "state", "-id"], name="certificate_lab_state"),
        ),
    ]
