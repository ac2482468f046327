"""An index for the filter of states in a laboratory's list of certificates. It is made while people work."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """If it is interrupted, drop indexes that Postgres calls invalid, and run it again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0021_how_items_are_mended")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "certificate",
            models.Index(fields=["laboratory", "state", "-id"], name="certificate_lab_state"),
        ),
    ]
