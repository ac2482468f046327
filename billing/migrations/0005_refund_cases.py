
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_line_priced_for'),
        ('inspections', '0003_public_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefundCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('withdrawn', 'Withdrawn by the owner'), ('cancelled', 'Cancelled by support'), ('unplaced', 'Paid too late')], max_length=10, verbose_name='Reason')),
                ('state', models.CharField(choices=[('asked', 'Asked')], default='asked', max_length=10, verbose_name='State')),
                ('paid_rial', models.BigIntegerField(verbose_name='Paid (rial)')),
                ('amount_rial', models.BigIntegerField(verbose_name='To be returned (rial)')),
                ('created_at', models.DateTimeField(verbose_name='Created')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_cases', to='billing.order', verbose_name='Order')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refund_cases', to='inspections.visitrequest', verbose_name='Request')),
            ],
            options={
                'verbose_name': 'Refund',
                'verbose_name_plural': 'Refunds',
                'indexes': [models.Index(fields=['state', 'id'], name='refund_state')],
                'constraints': [models.UniqueConstraint(fields=('order', 'request'), name='refund_once_a_request'), models.UniqueConstraint(condition=models.Q(('request', None)), fields=('order',), name='refund_once_an_unplaced_order'), models.CheckConstraint(condition=models.Q(('amount_rial__gt', 0), ('amount_rial__lte', models.F('paid_rial'))), name='refund_within_what_was_paid'), models.CheckConstraint(condition=models.Q(('state__in', ['asked'])), name='refund_state_known'), models.CheckConstraint(condition=models.Q(('reason__in', ['withdrawn', 'cancelled', 'unplaced'])), name='refund_reason_known')],
            },
        ),
    ]
