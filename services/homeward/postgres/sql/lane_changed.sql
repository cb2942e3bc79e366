-- The shards are compared so that the planner looks by revision, of which few are new, and not by
-- the range of ordinals, which are all of a lane.
SELECT c.ordinal, r.zone FROM (
    SELECT r.ordinal FROM recipients r WHERE r.revision > $3
    UNION SELECT p.ordinal FROM places p WHERE p.revision > $3
    UNION SELECT d.ordinal FROM departures d WHERE d.revision > $3
) c
LEFT JOIN recipients r ON r.ordinal = c.ordinal
WHERE (c.ordinal >> 26) >= $1 AND (c.ordinal >> 26) < $2
LIMIT $4
