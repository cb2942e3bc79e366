-- Of the lanes that there are: who started while they were cut may have left the row of one that is
-- gone, which hears nothing any more.
SELECT count(*)
FROM lanes l
JOIN consumers c ON c.processor ~ '^fanout\.[0-9]+$'
    AND split_part(c.processor, '.', 2)::integer < l.lanes
JOIN events e ON e.log_index >= c.low AND e.kind = ANY ($1::text[])
LEFT JOIN processor_states s ON s.processor = c.processor AND s.key = e.key
WHERE e.key_version > coalesce(s.heard, 0)
