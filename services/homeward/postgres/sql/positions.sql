SELECT k.key, s.heard, s.revision, s.state, s.out_version, s.out_chain, s.wake_at,
       p.key IS NOT NULL AS parked
FROM unnest($2::text[]) AS k (key)
LEFT JOIN processor_states s ON s.processor = $1 AND s.key = k.key
LEFT JOIN parked_keys p ON p.processor = $1 AND p.key = k.key
