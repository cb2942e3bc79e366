SELECT e.log_index, e.key, e.key_version, e.recorded_at, e.envelope
FROM unnest($6::text[]) AS k (key)
LEFT JOIN processor_states s ON s.processor = $1 AND s.key = k.key
JOIN events e ON e.key = k.key AND e.key_version > coalesce(s.heard, 0)
WHERE e.log_index >= $3 AND e.log_index < $4 AND e.kind = ANY ($2::text[])
    AND NOT EXISTS (SELECT FROM parked_keys p WHERE p.processor = $1 AND p.key = k.key)
ORDER BY e.log_index LIMIT $5
