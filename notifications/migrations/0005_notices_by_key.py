"""The notices' unique key and the index of unread ones, built while people work; outside a transaction."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

ONCE = models.UniqueConstraint(
    fields=["once_key"], condition=~models.Q(once_key=""), name="notice_once"
)
UNREAD = models.Index(
    fields=["user", "-id"], condition=models.Q(read_at=None), name="notice_unread_newest"
)


class Migration(migrations.Migration):
    """If it is interrupted, drop indexes that Postgres calls invalid, and run it again."""

    atomic = False
    dependencies: ClassVar = [("notifications", "0004_notices_once_and_unwanted_sms")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY notice_once ON notifications_notice (once_key)"
                    " WHERE NOT (once_key = '')",
                    "DROP INDEX CONCURRENTLY notice_once",
                )
            ],
            state_operations=[migrations.AddConstraint("notice", ONCE)],
        ),
        AddIndexConcurrently("notice", UNREAD),
        RemoveIndexConcurrently("notice", "notice_unread"),
    ]
