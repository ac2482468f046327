"""A name of reference data stands once, however it is spelt: spaces, half-spaces and the case of letters do not count."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models.functions import Lower, Replace

HALF_SPACE = "\u200c"
_PLAIN = Lower(Replace(Replace("name", models.Value(" ")), models.Value(HALF_SPACE)))


class Migration(migrations.Migration):
    """Tables of some thousand rows at most."""

    dependencies: ClassVar = [("septam_sites", "0009_one_index_for_a_beginning")]
    operations: ClassVar = [
        migrations.AddConstraint(
            "category", models.UniqueConstraint(_PLAIN, name="category_once_however_spelt")
        ),
        migrations.AddConstraint(
            "laboratory", models.UniqueConstraint(_PLAIN, name="laboratory_once_however_spelt")
        ),
        migrations.AddConstraint(
            "cloudproduct",
            models.UniqueConstraint(_PLAIN, "months", name="cloud_product_once_however_spelt"),
        ),
        migrations.AddConstraint(
            "city",
            models.UniqueConstraint(
                fields=("province", "search_key"), name="city_once_however_spelt"
            ),
        ),
    ]
