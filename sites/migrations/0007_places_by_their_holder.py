from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [("septam_sites", "0006_postal_codes_by_their_beginning")]

    operations = [
        AddIndexOnce(
            model_name="place",
            index=models.Index(
                condition=models.Q(("holder_national_id", ""), _negated=True),
                fields=["holder_national_id"],
                name="place_holder",
            ),
        ),
    ]
