SELECT ordinal, kind, cells, reach_km_max, severity_min, quiet_from_min, quiet_to_min, zone, active,
       reachable, level
FROM recipients
WHERE ordinal >= $1::bigint << 26 AND ordinal < $2::bigint << 26
ORDER BY ordinal
