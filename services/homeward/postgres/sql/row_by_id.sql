SELECT log_index, key, key_version, recorded_at, envelope FROM events WHERE id = $1
