-- Every column as it is stored, for who believes none of them.
SELECT log_index, id::text AS id, stream, version, key, key_version, kind, recorded_at, envelope,
       leaf_hash, chain_hash
FROM events
WHERE log_index > $1 AND ($2::text IS NULL OR key = $2)
ORDER BY log_index LIMIT $3
