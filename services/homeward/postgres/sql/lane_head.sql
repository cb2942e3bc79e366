SELECT max(s.revision) AS revision, sum(s.given) AS given, max(h.horizon) AS horizon
FROM shards s CROSS JOIN roster_head h
WHERE s.shard >= $1 AND s.shard < $2
