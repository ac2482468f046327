"""An index for the history of a laboratory's requests. It is made while people work."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """If it is interrupted, drop indexes that Postgres calls invalid, and run it again."""

    atomic = False
    dependencies: ClassVar = [("inspections", "0022_certificates_by_state")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "visitrequest",
            models.Index(
                fields=["laboratory", "-id"],
                condition=models.Q(paid_at__isnull=False),
                name="request_lab_history",
            ),
        ),
    ]
