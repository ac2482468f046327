"""Payments that a person must decide: who may, and an index that finds the few of them among millions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0013_invoices"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="paymentattempt",
            options={
                "permissions": [("review_payment", "Can decide payments that need review")],
                "verbose_name": "Payment attempt",
                "verbose_name_plural": "Payment attempts",
            },
        ),
        migrations.AddIndex(
            model_name="paymentattempt",
            index=models.Index(
                condition=models.Q(("state", "needs_review")), fields=["id"], name="attempt_review"
            ),
        ),
    ]
