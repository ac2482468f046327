from django.db import migrations, models
from django.db.models import F


def count_what_was_saved(apps, schema_editor):
    """What was saved so far counted as begun; it stays so."""
    apps.get_model("inspections", "ReportDraft").objects.update(found_at=F("saved_at"))


class Migration(migrations.Migration):
    dependencies = [("inspections", "0019_open_work_by_age")]

    operations = [
        migrations.AddField(
            model_name="reportdraft",
            name="found_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(count_what_was_saved, migrations.RunPython.noop, elidable=True),
    ]
