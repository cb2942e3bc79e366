SELECT log_index, key, key_version, recorded_at, envelope FROM events
WHERE log_index > $1 AND log_index <= $2 AND kind = ANY ($4::text[])
ORDER BY log_index LIMIT $3
