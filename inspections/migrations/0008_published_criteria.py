"""Published criteria never change: the database refuses what would alter a published set, its items or its rules.

A draft may be changed in every way and becomes published by one update. A row that is added to a draft waits for
whoever publishes it at the same moment, and is refused once that is done.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION inspections_set_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'published criteria never change (% refused)', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION inspections_criteria_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || OLD.criteria_set_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || NEW.criteria_set_id;
    END IF;
    -- First wait for whoever publishes the set now, then look at it.
    PERFORM 1 FROM inspections_criteriaset WHERE id = ANY(touched) FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM inspections_criteriaset
        WHERE id = ANY(touched) AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'published criteria never change (% refused)', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspections_set_stands BEFORE UPDATE OR DELETE ON inspections_criteriaset
    FOR EACH ROW EXECUTE FUNCTION inspections_set_guard();
CREATE TRIGGER inspections_criterion_stands BEFORE INSERT OR UPDATE OR DELETE ON inspections_criterion
    FOR EACH ROW EXECUTE FUNCTION inspections_criteria_guard();
CREATE TRIGGER inspections_rule_stands BEFORE INSERT OR UPDATE OR DELETE ON inspections_resultrule
    FOR EACH ROW EXECUTE FUNCTION inspections_criteria_guard();
"""
OPEN = """
DROP TRIGGER inspections_rule_stands ON inspections_resultrule;
DROP TRIGGER inspections_criterion_stands ON inspections_criterion;
DROP TRIGGER inspections_set_stands ON inspections_criteriaset;
DROP FUNCTION inspections_criteria_guard();
DROP FUNCTION inspections_set_guard();
"""


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("inspections", "0007_reminder_indexes")]
    operations = [migrations.RunSQL(GUARD, OPEN)]
