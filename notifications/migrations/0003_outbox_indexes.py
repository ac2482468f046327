"""The outbox's indexes, built while people work; outside a transaction, as Postgres demands it."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import (
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce, AddUniqueOnce

WAITING = ["queued", "sending"]
TROUBLED = ["undelivered", "unknown", "dead", "withdrawn"]
INDEXES = [
    models.Index(
        fields=["priority", "next_try_at"], condition=models.Q(state="queued"), name="sms_due"
    ),
    models.Index(
        fields=["mobile", "id"], condition=models.Q(state__in=WAITING), name="sms_waiting_of"
    ),
    models.Index(fields=["leased_until"], condition=models.Q(state="sending"), name="sms_sending"),
    models.Index(
        fields=["about"],
        condition=models.Q(state="queued") & ~models.Q(about=""),
        name="sms_waiting_about",
    ),
    models.Index(
        fields=["next_try_at"],
        condition=models.Q(state="sent", next_try_at__isnull=False),
        name="sms_unheard",
    ),
    models.Index(fields=["provider_id"], condition=models.Q(state="sent"), name="sms_provider_id"),
    models.Index(fields=["event", "-id"], name="sms_event"),
    models.Index(
        fields=["state", "-id"], condition=models.Q(state__in=TROUBLED), name="sms_troubled"
    ),
    BrinIndex(fields=["created_at"], pages_per_range=32, name="sms_created"),
]
ONCE = models.UniqueConstraint(
    fields=["once_key"],
    condition=~models.Q(once_key="") & ~models.Q(state="withdrawn"),
    name="sms_once",
)
AGAIN = models.UniqueConstraint(
    fields=["again_of"], condition=models.Q(again_of__isnull=False), name="sms_again_once"
)
# Each row is written anew twice while it is sent; room on its page and early vacuuming keep that cheap.
TUNED = (
    "fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02"
)


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("notifications", "0002_outbox_knows_its_providers")]

    operations: ClassVar = [
        ValidateConstraint("smsmessage", "sms_state_known"),
        RemoveIndexConcurrently("smsmessage", "sms_waiting"),
        RemoveIndexConcurrently("smsmessage", "sms_undelivered"),
        *(AddIndexOnce("smsmessage", index) for index in INDEXES),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS sms_once_new",
                        "CREATE UNIQUE INDEX CONCURRENTLY sms_once_new ON notifications_smsmessage (once_key)"
                        " WHERE NOT (once_key = '') AND NOT (state = 'withdrawn')",
                        "DROP INDEX CONCURRENTLY IF EXISTS sms_once",
                        "ALTER INDEX sms_once_new RENAME TO sms_once",
                    ],
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS sms_once_old",
                        "CREATE UNIQUE INDEX CONCURRENTLY sms_once_old ON notifications_smsmessage (once_key)"
                        " WHERE NOT (once_key = '')",
                        "DROP INDEX CONCURRENTLY IF EXISTS sms_once",
                        "ALTER INDEX sms_once_old RENAME TO sms_once",
                    ],
                ),
            ],
            state_operations=[
                migrations.RemoveConstraint("smsmessage", "sms_once"),
                migrations.AddConstraint("smsmessage", ONCE),
            ],
        ),
        AddUniqueOnce("smsmessage", AGAIN),
        migrations.RunSQL(
            f"ALTER TABLE notifications_smsmessage SET ({TUNED})",
            "ALTER TABLE notifications_smsmessage RESET (fillfactor, autovacuum_vacuum_scale_factor,"
            " autovacuum_analyze_scale_factor)",
        ),
    ]
