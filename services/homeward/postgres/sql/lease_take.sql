-- Not flushed: a crash of the database ends leases anyway. Who only waits writes nothing.
WITH unflushed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS set)
INSERT INTO leases AS l (name, holder, for_s, until)
SELECT $1, $2, $3, clock_timestamp() + make_interval(secs => $3) FROM unflushed
WHERE set IS NOT NULL AND ($4 OR NOT EXISTS (
    SELECT FROM leases h WHERE h.name = $1 AND h.holder <> $2 AND h.until > clock_timestamp()
        AND h.until <= clock_timestamp() + make_interval(secs => h.for_s)))
ON CONFLICT (name) DO UPDATE
    SET holder = excluded.holder, for_s = excluded.for_s,
        until = clock_timestamp() + make_interval(secs => excluded.for_s)
    WHERE $4 OR l.holder = excluded.holder OR l.until <= clock_timestamp()
        OR l.until > clock_timestamp() + make_interval(secs => l.for_s)
RETURNING true
