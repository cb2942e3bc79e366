-- Not flushed: no promise rests on it.
WITH unflushed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS set)
SELECT note_heard($1::text[], $2::text[], $3::bigint[], $4::swept_in[])
FROM unflushed WHERE set IS NOT NULL
