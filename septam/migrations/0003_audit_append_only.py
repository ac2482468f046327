"""The audit log is append-only: update, delete and truncate are refused by the database.

Only a session that took the role `septam_audit_owner` (the monthly removal of old rows, see
docs/operations.md) may remove rows; nobody may change one.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION septam_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'septam_audit_owner' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only (% refused)', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER septam_audit_no_change BEFORE UPDATE OR DELETE ON septam_auditevent
    FOR EACH ROW EXECUTE FUNCTION septam_audit_guard();
CREATE TRIGGER septam_audit_no_truncate BEFORE TRUNCATE ON septam_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION septam_audit_guard();
"""
OPEN = """
DROP TRIGGER septam_audit_no_truncate ON septam_auditevent;
DROP TRIGGER septam_audit_no_change ON septam_auditevent;
DROP FUNCTION septam_audit_guard();
"""


class Migration(migrations.Migration):
    """Adds the two triggers."""

    dependencies = [("septam", "0002_initial")]
    operations = [migrations.RunSQL(GUARD, OPEN)]
