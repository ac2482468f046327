from django.db import migrations, models

from septam.postgres.migration_steps import AddIndexOnce


class Migration(migrations.Migration):
    # Built while people work; it may be interrupted and run again.
    atomic = False
    dependencies = [
        ('accounts', '0008_resets_of_second_factors'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        AddIndexOnce(
            model_name='user',
            index=models.Index(condition=models.Q(('is_staff', True)), fields=['-id'], name='user_staff'),
        ),
        AddIndexOnce(
            model_name='user',
            index=models.Index(condition=models.Q(('is_active', False)), fields=['-id'], name='user_closed'),
        ),
    ]
