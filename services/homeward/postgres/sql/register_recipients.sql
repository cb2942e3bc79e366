SELECT f.id, f.ordinal, f.revision, place_kept(p.here, g.kind) AS here
FROM register_recipients($1::recipient_in[], $2::text[], $3::text[], $4::smallint[], $5::text[]) f
JOIN unnest($1::recipient_in[]) g ON g.id = f.id
LEFT JOIN places p ON p.ordinal = f.ordinal
