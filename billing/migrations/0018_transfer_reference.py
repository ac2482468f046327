from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('billing', '0017_orders_by_payment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexOnce(
            model_name='banktransfer',
            index=models.Index(fields=['reference'], name='transfer_reference'),
        ),
    ]
