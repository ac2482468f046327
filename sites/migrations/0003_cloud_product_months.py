"""The period of a cloud service."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("septam_sites", "0002_search_by_label")]

    operations = [
        migrations.AddField(
            model_name="cloudproduct",
            name="months",
            field=models.PositiveSmallIntegerField(default=12, verbose_name="Period (months)"),
        ),
        migrations.AddConstraint(
            model_name="cloudproduct",
            constraint=models.CheckConstraint(
                condition=models.Q(months__gte=1, months__lte=60), name="cloud_product_months_sane"
            ),
        ),
    ]
