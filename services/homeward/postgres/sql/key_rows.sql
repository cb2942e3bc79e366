SELECT log_index, key, key_version, recorded_at, envelope FROM events
WHERE key = $1 AND key_version > $2 AND key_version <= $3
    AND ($4::text[] IS NULL OR kind = ANY ($4::text[]))
ORDER BY key_version
