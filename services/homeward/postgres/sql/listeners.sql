SELECT id, ordinal, lang, contacts FROM recipients WHERE ordinal = ANY ($1::bigint[])
