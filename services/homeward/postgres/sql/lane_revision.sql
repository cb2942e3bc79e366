SELECT coalesce(max(revision), 0) FROM shards WHERE shard >= $1 AND shard < $2
