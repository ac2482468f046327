from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0018_transfer_reference'),
        ('inspections', '0007_reminder_indexes'),
        ('septam_sites', '0004_names_of_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='refundcase',
            name='refund_reason_known',
        ),
        migrations.AlterField(
            model_name='invoiceline',
            name='kind',
            field=models.CharField(choices=[('visit', 'Visit fee'), ('travel', 'Travel fee'), ('cloud', 'Cloud service'), ('diff', 'Difference of the visit fee')], max_length=8),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='kind',
            field=models.CharField(choices=[('visit', 'Visit fee'), ('travel', 'Travel fee'), ('cloud', 'Cloud service'), ('diff', 'Difference of the visit fee')], max_length=8),
        ),
        migrations.AlterField(
            model_name='refundcase',
            name='reason',
            field=models.CharField(choices=[('withdrawn', 'Withdrawn by the owner'), ('cancelled', 'Cancelled by support'), ('unplaced', 'Paid too late'), ('duplicate', 'Paid twice'), ('overpaid', 'Paid more than due'), ('by_hand', 'Asked by finance'), ('difference', 'Visit cost less than paid')], max_length=10, verbose_name='Reason'),
        ),
        migrations.AddConstraint(
            model_name='refundcase',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['withdrawn', 'cancelled', 'unplaced', 'duplicate', 'overpaid', 'by_hand', 'difference'])), name='refund_reason_known'),
        ),
    ]
