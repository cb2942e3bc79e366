-- Roles belong to the whole cluster: another database may have made this one already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '@app') THEN
        CREATE ROLE @app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT pg_has_role(current_user, '@app', 'MEMBER') THEN
        GRANT @app TO CURRENT_USER;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- made at the same moment
END $$
