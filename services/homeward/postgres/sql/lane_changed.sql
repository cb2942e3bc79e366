SELECT c.ordinal, r.zone FROM (
    SELECT r.ordinal FROM recipients r WHERE r.revision > $3
    UNION SELECT p.ordinal FROM places p WHERE p.revision > $3
    UNION SELECT d.ordinal FROM departures d WHERE d.revision > $3
) c
LEFT JOIN recipients r ON r.ordinal = c.ordinal
WHERE c.ordinal >= $1::bigint << 26 AND c.ordinal < $2::bigint << 26
LIMIT $4
