"""Hours by weekday stand in the order of the Iranian week; no statement for the database."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """How the rows are read."""

    dependencies: ClassVar = [("inspections", "0028_seasons_once")]
    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="experthours",
            options={
                "ordering": [(models.F("weekday") + 2) % 7],
                "verbose_name": "Hours of a weekday",
                "verbose_name_plural": "Hours by weekday",
            },
        ),
    ]
