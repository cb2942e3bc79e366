WITH wakes_gone AS (
    DELETE FROM wakes WHERE processor ~ '^fanout\.' AND key = ANY ($1::text[])
)
DELETE FROM processor_states WHERE processor ~ '^fanout\.' AND key = ANY ($1::text[])
