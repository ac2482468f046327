"""The same hours of the same days of a season stand once; of those that stood twice the first stays, which changes no hour."""

from typing import ClassVar

from django.db import migrations, models

FIRST_STAYS = """
DELETE FROM inspections_specialhours later USING inspections_specialhours earlier
WHERE later.id > earlier.id AND later.first_day = earlier.first_day AND later.last_day = earlier.last_day
    AND later.opens = earlier.opens AND later.closes = earlier.closes
"""


class Migration(migrations.Migration):
    """A table of a few rows."""

    dependencies: ClassVar = [("inspections", "0027_contacts_of_ended_requests")]
    operations: ClassVar = [
        migrations.RunSQL(FIRST_STAYS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "specialhours",
            models.UniqueConstraint(
                fields=("first_day", "last_day", "opens", "closes"), name="special_hours_once"
            ),
        ),
    ]
