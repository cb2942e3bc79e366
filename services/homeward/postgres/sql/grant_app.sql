-- The application reads everything of its world and writes what may change; into the log it gets
-- through append_units alone, which runs as the owner.
GRANT USAGE ON SCHEMA @schema TO @app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA @schema FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA @schema TO @app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON @schema.events, @schema.log_head, @schema.blobs,
    @schema.migrations FROM @app;
REVOKE UPDATE, TRUNCATE ON @schema.sealed_values FROM @app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA @schema TO @app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA @schema TO @app;
REVOKE EXECUTE ON FUNCTION @schema.insert_entries, @schema.keep_beside FROM @app;
