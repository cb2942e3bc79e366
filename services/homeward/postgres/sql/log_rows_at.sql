SELECT log_index, key, key_version, recorded_at, envelope FROM events
WHERE log_index = ANY ($1::bigint[])
ORDER BY log_index
