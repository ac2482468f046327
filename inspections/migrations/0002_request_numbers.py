"""A sequence for tracking numbers: drawn once, never reused."""

from django.db import migrations


class Migration(migrations.Migration):
    """Adds the sequence."""

    dependencies = [("inspections", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE inspections_request_number START 1001",
            "DROP SEQUENCE inspections_request_number",
        )
    ]
