
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0002_order_numbers'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='paymentattempt',
            name='attempt_due',
        ),
        migrations.AddIndex(
            model_name='paymentattempt',
            index=models.Index(condition=models.Q(('state__in', ['created', 'sent', 'returned', 'verifying', 'verified'])), fields=['next_check_at'], name='attempt_due'),
        ),
    ]
