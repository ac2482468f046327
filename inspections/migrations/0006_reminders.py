"""When an owner was told that the cart lets a request go soon."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A new column without values: nothing is read or written anew."""

    dependencies: ClassVar = [("inspections", "0005_names_of_fields")]

    operations: ClassVar = [
        migrations.AddField("visitrequest", "reminded_at", models.DateTimeField(null=True))
    ]
