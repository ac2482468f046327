from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0005_refund_cases'),
    ]

    operations = [
        migrations.AlterField(
            model_name='order',
            name='state',
            field=models.CharField(choices=[('open', 'Waiting for payment'), ('paid', 'Paid already'), ('cancelled', 'Cancelled'), ('paid_unplaced', 'Paid, to be refunded')], default='open', max_length=14, verbose_name='State'),
        ),
        migrations.AlterField(
            model_name='paymentattempt',
            name='state',
            field=models.CharField(choices=[('created', 'Created'), ('sent', 'Sent to the bank'), ('returned', 'Returned from the bank'), ('verifying', 'Being checked with the bank'), ('verified', 'Confirmed, being settled'), ('settled', 'Paid already'), ('failed', 'Failed'), ('cancelled', 'Cancelled by the payer'), ('abandoned', 'Not finished'), ('needs_review', 'Needs review'), ('reversed', 'Reversed by the bank'), ('duplicate', 'Second payment, returned')], default='created', max_length=14, verbose_name='State'),
        ),
    ]
