-- Keys that a consumer must look at when something else than the log changed.

ALTER TABLE processor_states ADD COLUMN live boolean NOT NULL DEFAULT false;
CREATE INDEX processor_states_live ON processor_states (processor) WHERE live;

-- Commit turns, given in the order of their keys; returns the keys that came too late.
--
-- Those in ``p_live`` stay of use to who watches something else than the log.
-- State first, ledger next, log_head last. Error HW001: a key's outputs do not continue its stream,
-- which only a broken state row can bring about; its detail names the key and nothing is kept.
CREATE FUNCTION commit_turns(
    p_processor text, p_turns turn_in[], p_chunks chunk_in[],
    p_entries entry_in[], p_sealed sealed_in[], p_blobs blob_in[], p_live text[]
) RETURNS text[] LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_turn turn_in; v_late text[] := '{}'; v_won integer[] := '{}'; v_speaking unit_in[];
    v_broken integer;
BEGIN
    FOREACH v_turn IN ARRAY p_turns LOOP
        IF v_turn.expected = 0 THEN
            INSERT INTO processor_states AS s (processor, key, heard, revision, state, out_version,
                                               out_chain, wake_at, live)
            VALUES (p_processor, v_turn.key, v_turn.heard, 1, v_turn.state, v_turn.out_version,
                    v_turn.out_chain, v_turn.due, v_turn.key = ANY (p_live))
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE processor_states s SET heard = v_turn.heard, revision = s.revision + 1,
                state = v_turn.state, out_version = v_turn.out_version,
                out_chain = v_turn.out_chain, live = v_turn.key = ANY (p_live),
                wake_at = CASE v_turn.wake WHEN 'keep' THEN s.wake_at ELSE v_turn.due END
            WHERE s.processor = p_processor AND s.key = v_turn.key
                AND s.revision = v_turn.expected;
        END IF;
        IF FOUND THEN v_won := v_won || v_turn.of; ELSE v_late := v_late || v_turn.key; END IF;
    END LOOP;
    IF cardinality(v_won) = 0 THEN RETURN v_late; END IF;

    DELETE FROM wakes w USING unnest(p_turns) t
        WHERE w.processor = p_processor AND w.key = t.key AND t.wake = 'drop' AND t.of = ANY (v_won);
    INSERT INTO wakes (processor, key, due, asked_by)
        SELECT p_processor, t.key, t.due, t.asked_by FROM unnest(p_turns) t
        WHERE t.wake = 'set' AND t.of = ANY (v_won)
        ON CONFLICT (processor, key) DO UPDATE SET due = excluded.due, asked_by = excluded.asked_by;
    -- Taken apart and put together again only when some keys came too late: it is a megabyte.
    PERFORM add_chunks(CASE WHEN cardinality(v_late) = 0 THEN p_chunks
        ELSE ARRAY(SELECT c FROM unnest(p_chunks) c WHERE c.of = ANY (v_won)) END);

    v_speaking := ARRAY(SELECT ROW(e.of, NULL, NULL, NULL)::unit_in
        FROM (SELECT DISTINCT e.of FROM unnest(p_entries) e WHERE e.of = ANY (v_won)) e
        ORDER BY e.of);
    IF cardinality(v_speaking) > 0 THEN
        SELECT o.of INTO v_broken FROM append_units(v_speaking,
            ARRAY(SELECT e FROM unnest(p_entries) e WHERE e.of = ANY (v_won) ORDER BY e.n),
            ARRAY(SELECT s FROM unnest(p_sealed) s WHERE s.of = ANY (v_won)),
            ARRAY(SELECT b FROM unnest(p_blobs) b WHERE b.of = ANY (v_won))) o
        WHERE o.outcome <> 'appended' LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'outputs do not continue their stream' USING ERRCODE = 'HW001',
                DETAIL = (SELECT t.key FROM unnest(p_turns) t WHERE t.of = v_broken);
        END IF;
    END IF;
    RETURN v_late;
END $$;

-- As builds before this one call it: they leave nothing live, and look at nothing but the log.
CREATE OR REPLACE FUNCTION commit_turns(
    p_processor text, p_turns turn_in[], p_chunks chunk_in[],
    p_entries entry_in[], p_sealed sealed_in[], p_blobs blob_in[]
) RETURNS text[] LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT commit_turns(p_processor, p_turns, p_chunks, p_entries, p_sealed, p_blobs, '{}')
$$;
