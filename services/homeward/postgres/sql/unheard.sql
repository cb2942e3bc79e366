SELECT e.log_index, e.key, e.key_version, e.recorded_at, e.envelope
FROM events e
LEFT JOIN processor_states s ON s.processor = $1 AND s.key = e.key
WHERE e.log_index >= $3 AND e.log_index < $4 AND e.kind = ANY ($2::text[])
    AND e.key_version > coalesce(s.heard, 0)
    AND NOT EXISTS (SELECT FROM parked_keys p WHERE p.processor = $1 AND p.key = e.key)
ORDER BY e.log_index LIMIT $5
