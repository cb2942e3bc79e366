-- Skips chunks in other hands, and alerts that are being closed: waiting for one could deadlock,
-- since whoever closes waits for the chunks. After the lock both are looked at once more. Of those
-- locked it takes as many as begin before $3 people are reached; $4 is the last priority wanted.
-- Whoever would wait longer than was ever asked for waits for a clock that was set back: they are
-- free. The statement's own time, since each row is compared with it twice.
UPDATE chunks c
SET lease = c.lease + 1, lease_s = $2, free_at = clock_timestamp() + make_interval(secs => $2)
FROM (
    SELECT o.id, sum(o.open) OVER (ORDER BY o.priority, o.seq, o.place) - o.open AS ahead
    FROM (
        SELECT k.id, k.priority, k.seq, k.place,
               k.people - k.accepted_n - k.failed_n - k.expired_n - k.retried_n AS open
        FROM chunks k JOIN alerts a USING (case_id, alert)
        WHERE k.leasable AND k.priority <= $4
            AND (k.free_at <= statement_timestamp() OR k.free_at > statement_timestamp()
                + make_interval(secs => wait_s_max(k.lease, k.lease_s, k.delay_s)))
            AND (k.ends OR NOT (a.closed OR k.version <= a.closed_upto))
        ORDER BY k.priority, k.seq, k.place
        LIMIT $1
        FOR UPDATE OF k SKIP LOCKED
        FOR SHARE OF a SKIP LOCKED
    ) o
) free
WHERE c.id = free.id AND free.ahead < $3
RETURNING c.*
