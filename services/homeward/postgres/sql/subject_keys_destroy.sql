DELETE FROM subject_keys WHERE subject = ANY ($1::text[])
