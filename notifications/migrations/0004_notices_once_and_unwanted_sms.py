import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_outbox_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='UnwantedSms',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.CharField(max_length=60)),
                ],
            ),
            migrations.AddField(
                model_name='notice',
                name='once_key',
                field=models.CharField(blank=True, max_length=80),
            ),
            migrations.AddField(
                model_name='unwantedsms',
                name='user',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddConstraint(
                model_name='unwantedsms',
                constraint=models.UniqueConstraint(fields=('user', 'event'), name='unwanted_sms_once'),
            ),
        ]),
    ]
