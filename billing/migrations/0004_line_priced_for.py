
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_attempt_due_includes_created'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='priced_for',
            field=models.CharField(blank=True, max_length=100),
        ),
    ]
