INSERT INTO subject_keys (subject, wrapped)
SELECT * FROM unnest($1::text[], $2::bytea[])
ON CONFLICT DO NOTHING
