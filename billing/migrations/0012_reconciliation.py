import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0011_prices_have_no_gaps'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=30, verbose_name='Gateway')),
                ('name', models.CharField(max_length=100, verbose_name='File')),
                ('sha256', models.CharField(max_length=64)),
                ('first_day', models.DateField(verbose_name='First day')),
                ('last_day', models.DateField(verbose_name='Last day')),
                ('rows_count', models.PositiveIntegerField(verbose_name='Rows')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Uploaded by')),
                ('uploaded_at', models.DateTimeField(verbose_name='Uploaded')),
                ('compared_at', models.DateTimeField(verbose_name='Compared')),
            ],
            options={
                'verbose_name': 'Reconciliation with a bank',
                'verbose_name_plural': 'Reconciliation with the banks',
                'permissions': [('export_money', 'Can export orders, payments and refunds')],
                'indexes': [models.Index(fields=['gateway', 'last_day'], name='bank_file_days')],
                'constraints': [models.UniqueConstraint(fields=('gateway', 'sha256'), name='bank_file_once'), models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='bank_file_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='BankFileRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='billing.bankfile')),
                ('line', models.PositiveIntegerField(verbose_name='Line')),
                ('kind', models.CharField(choices=[('agrees', 'Agrees'), ('neither', 'Paid neither there nor here'), ('only_bank', 'Paid at the bank, unknown here'), ('unpaid_here', 'Paid at the bank, not settled here'), ('only_here', "Settled here, not in the bank's file"), ('returned_there', 'Returned by the bank, settled here'), ('amount_differs', 'The amount differs'), ('reference_differs', 'The bank reference differs')], max_length=18, verbose_name='Kind')),
                ('outcome', models.CharField(blank=True, choices=[('paid', 'Paid already'), ('reversed', 'Reversed by the bank'), ('failed', 'Failed')], max_length=8, verbose_name='The bank says')),
                ('order_number', models.BigIntegerField(null=True, verbose_name='Number at the bank')),
                ('reference', models.CharField(blank=True, max_length=40, verbose_name='Bank reference')),
                ('amount_rial', models.BigIntegerField(null=True, verbose_name='Amount at the bank (rial)')),
                ('day', models.DateField(verbose_name='Day')),
                ('hour', models.TimeField(null=True, verbose_name='Hour')),
                ('attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.paymentattempt', verbose_name='Payment attempt')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='Marked as settled')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='Note')),
            ],
            options={
                'verbose_name': "Row of a bank's file",
                'verbose_name_plural': "Rows of the banks' files",
                'indexes': [models.Index(fields=['file', 'kind', 'line'], name='bank_row_list'), models.Index(condition=models.Q(('settled_at', None), models.Q(('kind__in', ['agrees', 'neither']), _negated=True)), fields=['file'], name='bank_row_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['agrees', 'neither', 'only_bank', 'unpaid_here', 'only_here', 'returned_there', 'amount_differs', 'reference_differs'])), name='bank_row_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'only_here'), _negated=True), ('attempt__isnull', False), _connector='OR'), name='bank_row_names_ours')],
            },
        ),
        migrations.AddIndex(
            model_name='paymentattempt',
            index=models.Index(condition=models.Q(('settled_at__isnull', False)), fields=['gateway', 'settled_at'], name='attempt_settled'),
        ),
    ]
