SELECT id, ordinal, lang, contacts, kind, tier, level FROM recipients WHERE ordinal = ANY ($1::bigint[])
