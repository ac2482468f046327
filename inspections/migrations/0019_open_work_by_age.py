from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('inspections', '0018_sold_places'),
        ('septam_sites', '0006_postal_codes_by_their_beginning'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexOnce(
            model_name='visitrequest',
            index=models.Index(condition=models.Q(('status__in', ('scheduling', 'proposed', 'accepted', 'visited'))), fields=['paid_at', 'id'], name='request_open_oldest'),
        ),
    ]
