"""Audit events name whose data they are about, and are found by it and by the verb.

The column is empty for earlier events (nothing in the log is ever changed). The indexes are made while people work.
"""

from typing import ClassVar

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """If it is interrupted, drop indexes that Postgres calls invalid, and run it again."""

    atomic = False
    dependencies: ClassVar = [("septam", "0005_editions")]
    operations: ClassVar = [
        migrations.AddField(
            "auditevent",
            "owner_ids",
            django.contrib.postgres.fields.ArrayField(
                models.BigIntegerField(), null=True, size=None, verbose_name="Whose data"
            ),
        ),
        AddIndexConcurrently("auditevent", models.Index(fields=["verb", "-id"], name="audit_verb")),
        AddIndexConcurrently(
            "auditevent",
            django.contrib.postgres.indexes.GinIndex(fields=["owner_ids"], name="audit_owners"),
        ),
    ]
