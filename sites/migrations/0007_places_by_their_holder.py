from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("septam_sites", "0006_postal_codes_by_their_beginning")]

    operations = [
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("holder_national_id", ""), _negated=True),
                fields=["holder_national_id"],
                name="place_holder",
            ),
        ),
    ]
