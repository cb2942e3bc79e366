-- Not flushed: what was low once is low for ever, and an older one only makes looking longer.
WITH unflushed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS set)
UPDATE consumers SET low = $2 FROM unflushed
WHERE processor = $1 AND low < $2 AND set IS NOT NULL
