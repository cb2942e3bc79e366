-- Days of some shards from a date on, but for those that are known at their revision.
SELECT t.shard, t.day, t.revision, t.levels
FROM told_days t
LEFT JOIN unnest($4::smallint[], $5::integer[], $6::integer[]) AS k (shard, day, revision)
    ON k.shard = t.shard AND k.day = t.day AND k.revision = t.revision
WHERE t.shard >= $1 AND t.shard < $2 AND t.day >= $3 AND k.shard IS NULL
