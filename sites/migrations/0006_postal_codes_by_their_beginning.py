from django.conf import settings
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('septam_sites', '0005_filters_of_the_office'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexOnce(
            model_name='place',
            index=models.Index(fields=['postal_code'], name='place_postal_start', opclasses=['varchar_pattern_ops']),
        ),
        RemoveIndexConcurrently(
            model_name='place',
            name='place_postal_code',
        ),
    ]
