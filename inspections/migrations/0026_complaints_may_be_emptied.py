"""A decided complaint may be emptied once its owner's account is anonymised; nothing else of it is ever changed."""

from typing import ClassVar

from django.db import migrations

# As in 0014, and one change more: the words of a decided complaint go, and all else stays as it is.
GUARD = """
CREATE OR REPLACE FUNCTION inspections_complaint_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state <> 'open' AND NEW.text = OLD.text
       AND NEW.subject = OLD.subject AND NEW.request_id = OLD.request_id AND NEW.opened_at = OLD.opened_at THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'open' AND NEW.text = '' AND NEW.decision = '–'
       AND to_jsonb(NEW) - '{text,decision}'::text[] = to_jsonb(OLD) - '{text,decision}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a complaint is decided once and never changed (% refused)', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION inspections_complaint_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state <> 'open' AND NEW.text = OLD.text
       AND NEW.subject = OLD.subject AND NEW.request_id = OLD.request_id AND NEW.opened_at = OLD.opened_at THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a complaint is decided once and never changed (% refused)', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    """It replaces a function and touches no row."""

    dependencies: ClassVar = [("inspections", "0025_one_index_for_a_beginning")]
    operations: ClassVar = [migrations.RunSQL(GUARD, BEFORE)]
