from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AddFieldOnce, AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('inspections', '0012_report_drafts_and_photos'),
        ('septam_sites', '0004_names_of_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddFieldOnce(
            model_name='visitrequest',
            name='new_laboratory_since',
            field=models.DateTimeField(editable=False, null=True),
        ),
        AddIndexOnce(
            model_name='visitrequest',
            index=models.Index(condition=models.Q(('new_laboratory_since__isnull', False)), fields=['new_laboratory_since'], name='request_new_laboratory'),
        ),
    ]
