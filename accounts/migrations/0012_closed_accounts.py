import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_one_index_for_a_beginning'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Closed, can be taken back'), ('back', 'Taken back'), ('done', 'Anonymised')], default='waiting', max_length=10, verbose_name='State')),
                ('mobile', models.CharField(blank=True, max_length=11, verbose_name='Mobile')),
                ('closed_at', models.DateTimeField(verbose_name='Closed on')),
                ('due_at', models.DateTimeField(verbose_name='Due on')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='Ended on')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to=settings.AUTH_USER_MODEL, verbose_name='Person')),
            ],
            options={
                'verbose_name': 'Closed account',
                'verbose_name_plural': 'Closed accounts',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='closing_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('user',), name='closing_once')],
            },
        ),
    ]
