-- Turns of several processors over one key in one commit.

-- Commit turns that heard each other's outputs before they were written; all of them or nothing.
--
-- Turn i is of processor i and lasts live by p_live[i]; p_entries are the outputs of all of them in
-- the order in which they were said, the first of which is to become key_version p_first. States
-- first, ledger next, log_head last, as in commit_turns. The chunk p_taken, one of these, is leased
-- at once: its alert's row is held as by any lease. Error HW002: a position was moved, the chunk
-- cannot be leased, or the key's facts came to stand elsewhere than the turns believed.
CREATE FUNCTION commit_cascade(
    p_processors text[], p_turns turn_in[], p_chunks chunk_in[], p_entries entry_in[],
    p_sealed sealed_in[], p_blobs blob_in[], p_live boolean[], p_first integer,
    p_taken text, p_lease_s double precision
) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_late text[]; v_live text[]; v_got outcome_out;
BEGIN
    FOR i IN 1 .. cardinality(p_turns) LOOP
        v_live := CASE WHEN p_live[i] THEN ARRAY[p_turns[i].key] ELSE '{}' END;
        v_late := commit_turns(p_processors[i], ARRAY[p_turns[i]],
            ARRAY(SELECT c FROM unnest(p_chunks) c WHERE c.of = p_turns[i].of),
            '{}', '{}', '{}', v_live);
        IF cardinality(v_late) > 0 THEN
            RAISE EXCEPTION 'a position was moved' USING ERRCODE = 'HW002';
        END IF;
    END LOOP;
    IF p_taken IS NOT NULL THEN
        UPDATE chunks SET lease = 1, free_at = clock_timestamp() + make_interval(secs => p_lease_s)
            WHERE id = p_taken AND lease = 0 AND leasable;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the chunk cannot be leased' USING ERRCODE = 'HW002';
        END IF;
    END IF;
    IF cardinality(p_entries) = 0 THEN RETURN; END IF;
    SELECT * INTO v_got FROM append_units(ARRAY[ROW(1, NULL, NULL, NULL)::unit_in], p_entries,
        p_sealed, p_blobs);
    IF v_got.outcome <> 'appended' OR v_got.key_versions[1] <> p_first THEN
        RAISE EXCEPTION 'the outputs came to stand elsewhere' USING ERRCODE = 'HW002';
    END IF;
END $$;
