SELECT id, ordinal, kind, cells, lang, reach_km_max, severity_min, quiet_from_min, quiet_to_min, zone,
       active, level, hub_kind, contacts, name, revision
FROM recipients WHERE id > $1 ORDER BY id LIMIT $2
