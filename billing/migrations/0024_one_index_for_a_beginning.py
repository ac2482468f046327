"""Indexes of foreign keys go where a wider index begins with the same column. Nobody waits for it."""

from typing import ClassVar

from django.db import migrations

from septam.postgres.migration_steps import DropOwnIndex


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("billing", "0023_one_difference_at_a_time")]
    operations: ClassVar = [
        DropOwnIndex("order", "owner"),
        DropOwnIndex("paymentattempt", "order"),
        DropOwnIndex("paymentevent", "attempt"),
        DropOwnIndex("invoice", "order"),
        DropOwnIndex("invoiceline", "invoice"),
        DropOwnIndex("bankfilerow", "file"),
        DropOwnIndex("sharestatement", "laboratory"),
        DropOwnIndex("sharerow", "refund"),
        DropOwnIndex("banktransfer", "order"),
    ]
