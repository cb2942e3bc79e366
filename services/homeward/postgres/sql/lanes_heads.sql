SELECT e.stream, e.version, e.chain_hash
FROM unnest($1::text[]) AS s (stream), LATERAL (
    SELECT e.stream, e.version, e.chain_hash FROM events e
    WHERE e.stream = s.stream ORDER BY e.version DESC LIMIT 1
) e
