from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('inspections', '0016_corrected_certificates'),
        ('septam_sites', '0005_filters_of_the_office'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexOnce(
            model_name='certificate',
            index=models.Index(fields=['laboratory', '-id'], name='certificate_laboratory'),
        ),
        AddIndexOnce(
            model_name='certificate',
            index=models.Index(condition=models.Q(('state', 'issued'), _negated=True), fields=['state', '-id'], name='certificate_ended'),
        ),
    ]
