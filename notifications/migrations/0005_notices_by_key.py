"""The notices' unique key and the index of unread ones, built while people work; outside a transaction."""

from typing import ClassVar

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce, AddUniqueOnce

ONCE = models.UniqueConstraint(
    fields=["once_key"], condition=~models.Q(once_key=""), name="notice_once"
)
UNREAD = models.Index(
    fields=["user", "-id"], condition=models.Q(read_at=None), name="notice_unread_newest"
)


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("notifications", "0004_notices_once_and_unwanted_sms")]

    operations: ClassVar = [
        AddUniqueOnce("notice", ONCE),
        AddIndexOnce("notice", UNREAD),
        RemoveIndexConcurrently("notice", "notice_unread"),
    ]
