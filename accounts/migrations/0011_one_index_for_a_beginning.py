"""Indexes of foreign keys go where a wider index begins with the same column. Nobody waits for it."""

from typing import ClassVar

from django.db import migrations

from septam.postgres.migration_steps import DropOwnIndex


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("accounts", "0010_act_for_owner")]
    operations: ClassVar = [
        DropOwnIndex("termsacceptance", "user"),
        DropOwnIndex("staffassignment", "user"),
    ]
