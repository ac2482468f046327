"""Travel fees by province and city; lines name the cloud service and the months that were sold."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0009_shares"),
        ("septam_sites", "0003_cloud_product_months"),
    ]

    operations = [
        migrations.CreateModel(
            name="TravelFee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Days")),
                ("price_rial", models.BigIntegerField(verbose_name="Price (rial)")),
                ("is_sample", models.BooleanField(default=False, verbose_name="Sample data")),
                ("city", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="septam_sites.city")),
                ("province", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="septam_sites.province")),
            ],
            options={"verbose_name": "Travel fee", "verbose_name_plural": "Travel fees"},
        ),
        migrations.AddConstraint(
            model_name="travelfee",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("province", "="), (django.db.models.functions.comparison.Coalesce("city", 0), "="), ("days", "&&")],
                name="travel_fees_do_not_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="travelfee",
            constraint=models.CheckConstraint(condition=models.Q(price_rial__gte=0), name="travel_fee_not_negative"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="product",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="septam_sites.cloudproduct"),
        ),
        migrations.AddField(
            model_name="orderline", name="months", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AlterField(
            model_name="orderline",
            name="kind",
            field=models.CharField(choices=[("visit", "Visit fee"), ("travel", "Travel fee"), ("cloud", "Cloud service")], max_length=8),
        ),
        migrations.AlterField(model_name="orderline", name="title", field=models.CharField(max_length=200)),
    ]
