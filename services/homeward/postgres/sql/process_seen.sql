-- Not flushed: it is said again in a moment.
WITH unflushed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS set)
UPDATE processes SET seen_at = clock_timestamp() FROM unflushed WHERE id = $1 AND set IS NOT NULL
