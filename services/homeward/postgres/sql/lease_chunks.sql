-- Skips chunks in other hands, and alerts that are being closed: waiting for one could deadlock,
-- since whoever closes waits for the chunks. After the lock both are looked at once more.
UPDATE chunks c
SET lease = c.lease + 1, free_at = clock_timestamp() + make_interval(secs => $2)
FROM (
    SELECT k.id FROM chunks k JOIN alerts a USING (case_id, alert)
    WHERE k.leasable AND k.free_at <= clock_timestamp() AND (k.ends OR NOT a.closed)
    ORDER BY k.priority, k.seq, k.place
    LIMIT $1
    FOR UPDATE OF k SKIP LOCKED
    FOR SHARE OF a SKIP LOCKED
) free
WHERE c.id = free.id
RETURNING c.*
