SELECT r.ordinal, coalesce(r.cells[1], 0::bigint), coalesce(r.cells[2], 0::bigint),
       coalesce(r.cells[3], 0::bigint), r.reach_km_max, r.severity_min, r.quiet_from_min,
       r.quiet_to_min, (z.n - 1)::smallint, (array_position($3::text[], r.kind) - 1)::smallint,
       r.level, r.per_day, (r.tier = 'vetted')::integer::smallint, r.active AND r.paused_until IS NULL, r.reachable
FROM recipients r
JOIN unnest($4::text[]) WITH ORDINALITY AS z (zone, n) ON z.zone = r.zone
WHERE r.ordinal >= $1::bigint << 26 AND r.ordinal < $2::bigint << 26
  AND (cardinality($5::bigint[]) = 0 OR r.ordinal = ANY ($5::bigint[]))
