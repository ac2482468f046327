"""Indexes of foreign keys go where a wider index begins with the same column. Nobody waits for it."""

from typing import ClassVar

from django.db import migrations

from septam.postgres.migration_steps import DropOwnIndex


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0024_indexes_at_leisure")]
    operations: ClassVar = [
        DropOwnIndex("closuremove", "closure"),
        DropOwnIndex("experthours", "plan"),
        DropOwnIndex("visitrequest", "place"),
        DropOwnIndex("visitrequest", "owner"),
        DropOwnIndex("visitrequest", "laboratory"),
        DropOwnIndex("visitrequest", "assigned_expert"),
        DropOwnIndex("requestevent", "request"),
        DropOwnIndex("certificate", "owner"),
        DropOwnIndex("certificate", "laboratory"),
        DropOwnIndex("complaint", "request"),
        DropOwnIndex("criterion", "criteria_set"),
        DropOwnIndex("resultrule", "criteria_set"),
        DropOwnIndex("visitphoto", "request"),
        DropOwnIndex("visitslot", "expert"),
        DropOwnIndex("calllog", "request"),
        DropOwnIndex("reportanswer", "report"),
    ]
