SELECT r.id, r.ordinal, r.kind, r.cells, r.lang, r.reach_km_max, r.severity_min, r.quiet_from_min,
       r.quiet_to_min, r.zone, r.active, r.level, r.hub_kind, r.contacts, r.name,
       r.hours, r.shifts, r.per_day, r.tier, r.paused_until, greatest(r.revision, p.revision) AS revision, p.here
FROM recipients r LEFT JOIN places p ON p.ordinal = r.ordinal
WHERE r.id > $1 ORDER BY r.id LIMIT $2
