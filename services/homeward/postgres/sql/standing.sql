SELECT current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('server_version_num')::integer AS version,
       pg_is_in_recovery() AS standby,
       clock_timestamp() AS real,
       to_regclass('migrations') IS NOT NULL AS made
