"""What 0011 and 0016 leave for a moment without a transaction: two indexes and the look through all certificates."""

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce, IndexForeignKeyOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0023_history_of_a_laboratory")]
    operations: ClassVar = [
        AddIndexOnce(
            "visitrequest",
            models.Index(
                fields=["laboratory", "paid_at", "id"],
                condition=models.Q(assigned_expert__isnull=True, status="scheduling"),
                name="request_unassigned",
            ),
        ),
        IndexForeignKeyOnce(
            "certificate",
            "superseded_by",
            models.ForeignKey(
                "inspections.certificate",
                django.db.models.deletion.PROTECT,
                null=True,
                related_name="supersedes",
                verbose_name="Superseded by",
            ),
        ),
        ValidateConstraint("certificate", "certificate_has_its_request_or_its_follower"),
    ]
