SELECT id FROM recipients WHERE id = ANY ($1::text[])
