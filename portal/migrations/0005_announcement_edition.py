"""A new edition of announcements with each change of their table: every page follows at once; see 0002."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0004_reference_imports"),
        ("notifications", "0006_announcements"),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON notifications_announcement
              FOR EACH STATEMENT EXECUTE FUNCTION septam_new_edition('announcements');
            """,
            "DROP TRIGGER new_edition ON notifications_announcement;",
        )
    ]
