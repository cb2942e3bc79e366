SELECT processor, key, heard, revision, state FROM processor_states
WHERE processor ~ '^fanout\.' AND key = ANY ($1::text[])
