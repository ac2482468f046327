"""Audit events name whose data they are about, and are found by it and by the verb.

The column is empty for earlier events (nothing in the log is ever changed). The indexes are made while people work.
"""

from typing import ClassVar

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from septam.postgres.migration_steps import AddFieldOnce, AddIndexOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("septam", "0005_editions")]
    operations: ClassVar = [
        AddFieldOnce(
            "auditevent",
            "owner_ids",
            django.contrib.postgres.fields.ArrayField(
                models.BigIntegerField(), null=True, size=None, verbose_name="Whose data"
            ),
        ),
        AddIndexOnce("auditevent", models.Index(fields=["verb", "-id"], name="audit_verb")),
        AddIndexOnce(
            "auditevent",
            django.contrib.postgres.indexes.GinIndex(fields=["owner_ids"], name="audit_owners"),
        ),
    ]
