"""A sequence for order numbers, shared by our orders and the numbers at the banks."""

from django.db import migrations


class Migration(migrations.Migration):
    """Adds the sequence."""

    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE billing_order_number START 10001",
            "DROP SEQUENCE billing_order_number",
        )
    ]
