import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from septam.postgres.migration_steps import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('inspections', '0015_corrections'),
        ('septam_sites', '0004_names_of_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce([
            migrations.AddField(
                model_name='certificate',
                name='superseded_at',
                field=models.DateTimeField(null=True),
            ),
            migrations.AddField(
                model_name='certificate',
                name='superseded_by',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='inspections.certificate', verbose_name='Superseded by'),
            ),
            migrations.AddField(
                model_name='certificate',
                name='superseded_reason',
                field=models.CharField(blank=True, max_length=300, verbose_name='Why it was superseded'),
            ),
            migrations.AddField(
                model_name='visitreport',
                name='no_interest_at',
                field=models.DateTimeField(null=True, verbose_name='No interest declared'),
            ),
            # Django's way would drop the foreign key and look through the table to make it again.
            migrations.SeparateDatabaseAndState(
                database_operations=[
                    migrations.RunSQL(
                        'ALTER TABLE inspections_certificate ALTER COLUMN request_id DROP NOT NULL',
                        'ALTER TABLE inspections_certificate ALTER COLUMN request_id SET NOT NULL',
                    ),
                ],
                state_operations=[
                    migrations.AlterField(
                        model_name='certificate',
                        name='request',
                        field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='inspections.visitrequest', verbose_name='Visit request'),
                    ),
                ],
            ),
            AddConstraintNotValid(
                model_name='certificate',
                constraint=models.CheckConstraint(condition=models.Q(('request__isnull', False), models.Q(('state', 'superseded'), ('superseded_by__isnull', False)), _connector='OR'), name='certificate_has_its_request_or_its_follower'),
            ),
        ]),
    ]
