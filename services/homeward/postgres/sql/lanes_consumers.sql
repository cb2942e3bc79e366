-- What every lane has heard, each new one has.
WITH known AS (
    SELECT min(c.birth) AS birth, min(c.low) AS low FROM consumers c WHERE c.processor ~ '^fanout\.'
), gone AS (
    DELETE FROM consumers c WHERE c.processor ~ '^fanout\.' AND c.processor <> ALL ($1::text[])
)
INSERT INTO consumers AS c (processor, birth, low)
SELECT n.name, k.birth, k.low FROM unnest($1::text[]) AS n (name), known k
ON CONFLICT (processor) DO UPDATE SET birth = excluded.birth, low = excluded.low
