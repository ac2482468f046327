"""One number of the bank returns one sum: of transfers, and of refunds by hand; built while people work."""

from typing import ClassVar

from django.db import migrations, models

from septam.postgres.migration_steps import AddUniqueOnce


class Migration(migrations.Migration):
    """It may be interrupted and run again."""

    atomic = False
    dependencies: ClassVar = [("billing", "0024_one_index_for_a_beginning")]
    operations: ClassVar = [
        AddUniqueOnce(
            "banktransfer",
            models.UniqueConstraint(
                fields=["account", "return_reference"],
                condition=models.Q(state="returned"),
                name="transfer_return_once",
            ),
        ),
        AddUniqueOnce(
            "refundcase",
            models.UniqueConstraint(
                fields=["reference"],
                condition=models.Q(method__in=["card", "transfer"]),
                name="refund_by_hand_once",
            ),
        ),
    ]
