from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('billing', '0019_differences'),
    ]

    operations = [
        AddIndexOnce(
            model_name='invoice',
            index=models.Index(condition=models.Q(('kind', 'credit')), fields=['-id'], name='invoice_credit'),
        ),
    ]
