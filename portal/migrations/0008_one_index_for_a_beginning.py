"""Indexes of foreign keys go where a wider index begins with the same column. Nobody waits for it."""

from typing import ClassVar

from django.db import migrations

from septam.postgres.migration_steps import DropOwnIndex


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("portal", "0007_edition_of_names")]
    operations: ClassVar = [
        DropOwnIndex("supportthread", "owner"),
        DropOwnIndex("supportthread", "assigned_to"),
        DropOwnIndex("supportmessage", "thread"),
    ]
