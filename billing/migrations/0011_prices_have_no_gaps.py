"""Refuses, when a transaction ends, a day without a price between the first and the last span of one key.

Decided in the trigger under a lock of the table's own, so that two transactions that each see no gap cannot make one
together. A tariff's areas are looked at one by one: each area that has a price on two days has one on all days between.
"""

from django.db import migrations

# Table → the columns that say what a row is the price of.
KEYS = {
    "billing_vatrate": (),
    "billing_tariff": ("kind", "level", "province_id"),
    "billing_travelfee": ("province_id", "city_id"),
    "billing_cloudtariff": ("product_id", "level"),
}

_FUNCTION = """
CREATE FUNCTION {table}_hole(like_row {table}) RETURNS daterange LANGUAGE sql STABLE AS $$
  WITH same AS (SELECT {area} AS area, days FROM {table} one WHERE {same}),
       points AS (SELECT lower(area) AS at FROM same UNION SELECT upper(area) FROM same),
       priced AS (SELECT range_agg(days) AS days FROM points JOIN same ON area @> at GROUP BY at)
  SELECT hole FROM priced, unnest(datemultirange(range_merge(days)) - days) AS hole ORDER BY hole LIMIT 1
$$;
CREATE FUNCTION {table}_refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hole daterange;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('{table}'));
  IF TG_OP <> 'DELETE' THEN hole := {table}_hole(NEW); END IF;
  IF hole IS NULL AND TG_OP <> 'INSERT' THEN hole := {table}_hole(OLD); END IF;
  IF hole IS NOT NULL THEN
    RAISE EXCEPTION 'no price on these days' USING
      ERRCODE = 'check_violation', CONSTRAINT = 'prices_have_no_gaps', DETAIL = hole::text;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER prices_have_no_gaps AFTER INSERT OR UPDATE OR DELETE ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_refuse_gap();
"""
_UNDO = """
DROP TRIGGER prices_have_no_gaps ON {table};
DROP FUNCTION {table}_refuse_gap();
DROP FUNCTION {table}_hole({table});
"""


def _sql(table: str, columns: tuple[str, ...]) -> str:
    same = [f"one.{name} IS NOT DISTINCT FROM like_row.{name}" for name in columns]
    area = "area" if table == "billing_tariff" else "numrange(0, 1)"
    return _FUNCTION.format(table=table, area=area, same=" AND ".join(same) or "true")


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_travel_fees")]

    operations = [
        migrations.RunSQL(_sql(table, columns), _UNDO.format(table=table))
        for table, columns in KEYS.items()
    ]
