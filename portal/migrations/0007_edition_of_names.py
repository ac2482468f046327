"""A new edition of the names of places and trades with each change of them: what a letter finds is kept by it; see 0002."""

from django.db import migrations

TABLES = (
    "septam_sites_province", "septam_sites_city", "septam_sites_category", "septam_sites_categoryname",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_figures_of_laboratories"),
        ("septam_sites", "0008_names_by_their_sound"),
    ]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE TRIGGER new_edition_of_names AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
              FOR EACH STATEMENT EXECUTE FUNCTION septam_new_edition('names');
            """,
            f"DROP TRIGGER new_edition_of_names ON {table};",
        )
        for table in TABLES
    ]
