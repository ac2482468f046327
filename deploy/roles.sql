-- Two roles for one database: "septam_owner" makes and changes tables, "septam" is the portal. Whoever takes the portal over
-- can then neither drop the guards of the audit log, of invoices and of published criteria, nor change a table.
--
-- As a superuser (or what a managed Postgres gives in its place), in the portal's database; it may be run again at any time:
--   psql -v ON_ERROR_STOP=1 -d septam -f deploy/roles.sql
--   psql -d septam -c '\password septam_owner' -c '\password septam'
-- From then on `migrate` runs with a DATABASE_URL of "septam_owner", everything else with one of "septam".
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'septam_owner') THEN
        CREATE ROLE "septam_owner" LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'septam') THEN
        CREATE ROLE "septam" LOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'septam_owner', 'MEMBER') THEN
        GRANT "septam_owner" TO CURRENT_USER;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO "septam_owner"', current_database());
END $$;

-- What the portal made while it was the owner.
REASSIGN OWNED BY "septam" TO "septam_owner";

REVOKE CREATE ON SCHEMA public FROM PUBLIC, "septam";
GRANT USAGE ON SCHEMA public TO "septam";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "septam";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "septam";
-- And whatever later migrations make.
ALTER DEFAULT PRIVILEGES FOR ROLE "septam_owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "septam";
ALTER DEFAULT PRIVILEGES FOR ROLE "septam_owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO "septam";
