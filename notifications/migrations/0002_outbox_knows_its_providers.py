"""Columns of the outbox at national size: who has a message, what it is about, what it repeats; no long lock."""

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from septam.postgres.migration_steps import AtOnce

STATES = [
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("sent", "Handed to the provider"),
    ("delivered", "Delivered"),
    ("undelivered", "Not delivered"),
    ("unknown", "Outcome unknown"),
    ("dead", "Given up"),
    ("withdrawn", "Taken back"),
]


class Migration(migrations.Migration):
    """New columns hold no value yet, so that none of this reads the rows."""

    dependencies: ClassVar = [("notifications", "0001_initial")]

    operations: ClassVar = [
        AtOnce([
            migrations.CreateModel(
                name="SmsProviderState",
                fields=[
                    (
                        "name",
                        models.CharField(
                            max_length=60, primary_key=True, serialize=False, verbose_name="Provider"
                        ),
                    ),
                    ("rests_until", models.DateTimeField(null=True)),
                    ("failures", models.PositiveIntegerField(default=0)),
                    ("answered_at", models.DateTimeField(null=True)),
                    ("failed_at", models.DateTimeField(null=True)),
                    ("failure", models.CharField(blank=True, max_length=80)),
                    ("credit", models.BigIntegerField(null=True)),
                    ("credit_unit", models.CharField(blank=True, max_length=10)),
                    ("credit_is_low", models.BooleanField(default=False)),
                    ("credit_at", models.DateTimeField(null=True)),
                ],
            ),
            migrations.AddField(
                "smsmessage", "provider", models.CharField("Provider", blank=True, max_length=60)
            ),
            migrations.AddField("smsmessage", "tried_at", models.DateTimeField(null=True)),
            migrations.AddField("smsmessage", "about", models.CharField(blank=True, max_length=40)),
            migrations.AddField(
                "smsmessage",
                "again_of",
                models.ForeignKey(
                    "notifications.smsmessage",
                    django.db.models.deletion.PROTECT,
                    blank=True,
                    null=True,
                    db_index=False,
                    related_name="again",
                ),
            ),
            migrations.AlterField("smsmessage", "next_try_at", models.DateTimeField(null=True)),
            migrations.AlterField(
                "smsmessage",
                "state",
                models.CharField("State", choices=STATES, default="queued", max_length=12),
            ),
            migrations.RemoveConstraint("smsmessage", "sms_state_known"),
            AddConstraintNotValid(
                "smsmessage",
                models.CheckConstraint(
                    condition=models.Q(state__in=[state for state, _title in STATES]),
                    name="sms_state_known",
                ),
            ),
        ]),
    ]
