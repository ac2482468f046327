"""Names levels, provinces, cities and products of prices for the office."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0014_payments_to_decide'),
        ('septam_sites', '0003_cloud_product_months'),
    ]

    operations = [
        migrations.AlterField(
            model_name='cloudtariff',
            name='level',
            field=models.PositiveSmallIntegerField(choices=[(1, 'Level 1 (SL1)'), (2, 'Level 2 (SL2)'), (3, 'Level 3 (SL3)'), (4, 'Level 4 (SL4)')], verbose_name='Level'),
        ),
        migrations.AlterField(
            model_name='cloudtariff',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tariffs', to='septam_sites.cloudproduct', verbose_name='Cloud product'),
        ),
        migrations.AlterField(
            model_name='tariff',
            name='level',
            field=models.PositiveSmallIntegerField(choices=[(1, 'Level 1 (SL1)'), (2, 'Level 2 (SL2)'), (3, 'Level 3 (SL3)'), (4, 'Level 4 (SL4)')], verbose_name='Level'),
        ),
        migrations.AlterField(
            model_name='tariff',
            name='province',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='septam_sites.province', verbose_name='Province'),
        ),
        migrations.AlterField(
            model_name='travelfee',
            name='city',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='septam_sites.city', verbose_name='City'),
        ),
        migrations.AlterField(
            model_name='travelfee',
            name='province',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='septam_sites.province', verbose_name='Province'),
        ),
    ]
