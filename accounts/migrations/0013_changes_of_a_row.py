"""An index of the admin's own log by the row that was changed: its history, and its name when an account is forgotten."""

from typing import ClassVar

from django.db import migrations

from septam.postgres.migration_steps import AddIndexToTable


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [
        ("accounts", "0012_closed_accounts"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]
    operations: ClassVar = [
        AddIndexToTable("admin_log_object", "django_admin_log", ("object_id", "content_type_id")),
    ]
