"""What the jobs of reminders look for, indexed while people work; outside a transaction."""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce

HOLDING = ("proposed", "accepted")


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0006_reminders")]

    operations: ClassVar = [
        AddIndexOnce(
            "certificate",
            models.Index(
                models.F("validity__endswith"),
                condition=models.Q(state="issued"),
                name="certificate_end",
            ),
        ),
        AddIndexOnce(
            "visitreport",
            models.Index(
                fields=["mend_by"], condition=models.Q(mend_by__isnull=False), name="report_mend_by"
            ),
        ),
        AddIndexOnce(
            "visitrequest",
            models.Index(
                fields=["status_changed_at"],
                condition=models.Q(status="in_cart"),
                name="request_cart_since",
            ),
        ),
        AddIndexOnce(
            "visitslot",
            models.Index(
                fields=["starts_at"], condition=models.Q(state__in=HOLDING), name="slot_held_start"
            ),
        ),
    ]
