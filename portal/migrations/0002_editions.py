"""A new edition of prices or criteria with each statement that changes what their public pages show.

By triggers, so that whoever writes (office, set-up, console, another process) is noticed, in the same transaction; see
`septam/kept_pages.py`. Until a writer commits others see the old edition and the old rows alike.
"""

from django.db import migrations

# Edition → the tables that its pages show.
TABLES = {
    "prices": (
        "billing_tariff", "billing_travelfee", "billing_cloudtariff", "billing_vatrate",
        "septam_sites_cloudproduct", "septam_sites_province", "septam_sites_city",
    ),
    "criteria": ("septam_sites_category", "inspections_criteriaset", "inspections_criterion"),
}  # fmt: skip

FUNCTION = """
CREATE FUNCTION septam_new_edition() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO septam_edition (name) VALUES (TG_ARGV[0]);
  RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION septam_new_edition('{edition}');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_support"),
        ("septam", "0005_editions"),
        ("septam_sites", "0004_names_of_fields"),
        ("inspections", "0005_names_of_fields"),
        ("billing", "0016_names_of_fields"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION septam_new_edition();"),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table, edition=edition), f"DROP TRIGGER new_edition ON {table};"
            )
            for edition, tables in TABLES.items()
            for table in tables
        ),
    ]
