import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from septam.postgres.migration_steps import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('inspections', '0010_working_hours'),
        ('septam_sites', '0004_names_of_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='ClosureMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('tried_at', models.DateTimeField()),
                    ('moved', models.BooleanField()),
                    ('failure', models.CharField(blank=True, max_length=200)),
                ],
            ),
            migrations.CreateModel(
                name='ConflictOfInterest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('place', 'A place'), ('owner', 'An owner or a company'), ('trade', 'A city or a category')], max_length=6, verbose_name='Kind')),
                    ('postal_code', models.CharField(blank=True, max_length=10, verbose_name='Postal code')),
                    ('person_hash', models.CharField(blank=True, editable=False, max_length=64)),
                    ('person_hint', models.CharField(blank=True, max_length=4, verbose_name='Number')),
                    ('what', models.CharField(max_length=200, verbose_name='What the interest is')),
                    ('declared_at', models.DateTimeField(verbose_name='Declared')),
                    ('ended_at', models.DateTimeField(null=True, verbose_name='Ended')),
                    ('ended_reason', models.CharField(blank=True, max_length=200, verbose_name='Why it ended')),
                ],
                options={
                    'verbose_name': 'Conflict of interest',
                    'verbose_name_plural': 'Conflicts of interest',
                },
            ),
            migrations.AddField(
                model_name='closure',
                name='confirmed_at',
                field=models.DateTimeField(editable=False, null=True, verbose_name='Confirmed'),
            ),
            migrations.AddField(
                model_name='closure',
                name='confirmed_by',
                field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='closuremove',
                name='closure',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='inspections.closure'),
            ),
            migrations.AddField(
                model_name='closuremove',
                name='slot',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspections.visitslot'),
            ),
            migrations.AddField(
                model_name='conflictofinterest',
                name='category',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='septam_sites.category', verbose_name='Category'),
            ),
            migrations.AddField(
                model_name='conflictofinterest',
                name='city',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='septam_sites.city', verbose_name='City'),
            ),
            migrations.AddField(
                model_name='conflictofinterest',
                name='declared_by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Declared by'),
            ),
            migrations.AddField(
                model_name='conflictofinterest',
                name='ended_by',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Ended by'),
            ),
            migrations.AddField(
                model_name='conflictofinterest',
                name='expert',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to=settings.AUTH_USER_MODEL, verbose_name='Expert'),
            ),
            migrations.AddConstraint(
                model_name='closuremove',
                constraint=models.UniqueConstraint(fields=('closure', 'slot'), name='closure_moves_a_visit_once'),
            ),
            migrations.AddConstraint(
                model_name='closuremove',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('failure', ''), ('moved', True)), models.Q(('moved', False), models.Q(('failure', ''), _negated=True)), _connector='OR'), name='closure_move_failed_for_a_reason'),
            ),
            migrations.AddIndex(
                model_name='conflictofinterest',
                index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['expert'], name='conflict_standing'),
            ),
            migrations.AddConstraint(
                model_name='conflictofinterest',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'place'), models.Q(('postal_code', ''), _negated=True)), models.Q(('kind', 'owner'), models.Q(('person_hash', ''), _negated=True)), models.Q(('kind', 'trade'), models.Q(('city__isnull', False), ('category__isnull', False), _connector='OR')), _connector='OR'), name='conflict_has_its_subject'),
            ),
            migrations.AddConstraint(
                model_name='conflictofinterest',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('ended_reason', ''), _negated=True)), _connector='OR'), name='conflict_ended_by_somebody'),
            ),
        ]),
    ]
