SELECT log_index, key, key_version, recorded_at, envelope FROM events
WHERE stream = $1
ORDER BY version
