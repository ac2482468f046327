import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('inspections', '0008_published_criteria'),
        ('septam_sites', '0004_names_of_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexOnce(
            model_name='requestevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['at'], name='event_at', pages_per_range=32),
        ),
        AddIndexOnce(
            model_name='visitrequest',
            index=models.Index(condition=models.Q(('status__in', ('scheduling', 'proposed', 'accepted', 'visited'))), fields=['laboratory', 'status', 'paid_at'], include=('province', 'city'), name='request_queue'),
        ),
    ]
