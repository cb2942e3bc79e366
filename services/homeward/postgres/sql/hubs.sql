SELECT h.hub_revision, r.id, r.hub_kind, r.cells[1] AS cell, r.contact_count,
       r.zone, r.hours, r.shifts
FROM roster_head h
LEFT JOIN recipients r ON r.kind = 'hub' AND r.active AND cardinality(r.cells) > 0
ORDER BY r.id
