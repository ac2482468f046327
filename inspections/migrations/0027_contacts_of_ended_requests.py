"""An index of ended requests that still say who was on site. It is made while people work, and empties as they are forgotten."""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0026_complaints_may_be_emptied")]
    operations: ClassVar = [
        AddIndexOnce(
            "visitrequest",
            models.Index(
                fields=["status_changed_at"],
                condition=models.Q(
                    snapshot__has_key="representative_phone",
                    status__in=("certified", "nonconforming", "no_show", "cancelled"),
                ),
                name="request_contacts",
            ),
        ),
    ]
