-- Which facts came by the bell, and which by a sweep. No promise rests on it.

CREATE TABLE heard_by (
    consumer  text COLLATE "C" NOT NULL,
    by        text COLLATE "C" NOT NULL,
    facts     bigint NOT NULL,
    newest_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, by)
) WITH (fillfactor = 50); -- each is rewritten every other second: leave room on the page

CREATE TABLE swept (
    place    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer text COLLATE "C" NOT NULL,
    key      text COLLATE "C" NOT NULL,
    after    integer NOT NULL,
    upto     integer NOT NULL,
    at       timestamptz NOT NULL
);

CREATE TYPE swept_in AS (
    n integer, consumer text, key text, after integer, upto integer, at timestamptz
);

-- Add to the counts, in the order of their keys so that two processes never wait for one another,
-- and keep the newest thousand of what was swept.
CREATE FUNCTION note_heard(
    p_consumers text[], p_by text[], p_facts bigint[], p_swept swept_in[]
) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO heard_by AS h (consumer, by, facts, newest_at)
        SELECT t.consumer, t.by, t.facts, clock_timestamp()
        FROM unnest(p_consumers, p_by, p_facts) AS t (consumer, by, facts)
        ORDER BY t.consumer COLLATE "C", t.by COLLATE "C"
        ON CONFLICT (consumer, by) DO UPDATE
            SET facts = h.facts + excluded.facts, newest_at = excluded.newest_at;
    IF cardinality(p_swept) > 0 THEN
        INSERT INTO swept (consumer, key, after, upto, at)
            SELECT s.consumer, s.key, s.after, s.upto, s.at FROM unnest(p_swept) s ORDER BY s.n;
        DELETE FROM swept WHERE place <= (SELECT max(place) FROM swept) - 1000;
    END IF;
END $$;
