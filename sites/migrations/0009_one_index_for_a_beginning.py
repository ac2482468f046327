"""Indexes of foreign keys go where a wider index begins with the same column. Nobody waits for it."""

from typing import ClassVar

from django.db import migrations

from septam.postgres.migration_steps import DropOwnIndex


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("septam_sites", "0008_names_by_their_sound")]
    operations: ClassVar = [
        DropOwnIndex("place", "owner"),
        DropOwnIndex("city", "province"),
        DropOwnIndex("categoryname", "category"),
        DropOwnIndex("coverage", "laboratory"),
    ]
