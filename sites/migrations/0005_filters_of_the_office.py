from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('septam_sites', '0004_names_of_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexOnce(
            model_name='place',
            index=models.Index(fields=['state', '-id'], name='place_state'),
        ),
        AddIndexOnce(
            model_name='place',
            index=models.Index(condition=models.Q(('frozen', True)), fields=['-id'], name='place_frozen'),
        ),
    ]
