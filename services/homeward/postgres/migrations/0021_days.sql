-- Of how many alerts each person was told on each of their days: bitmaps of ordinals, by shard, so
-- that lanes may be cut anew without them. Committed with the chunks that tell.

CREATE TABLE told_days (
    shard    smallint NOT NULL CHECK (shard BETWEEN 0 AND 63),
    day      integer NOT NULL, -- the date in people's own zones, in days since the year 1
    revision integer NOT NULL, -- counts commits
    levels   bytea[] NOT NULL, -- [k]: who was told of k alerts or more
    PRIMARY KEY (shard, day)
) WITH (fillfactor = 70);

CREATE TYPE day_in AS (of integer, shard smallint, day integer, expected integer, levels bytea[]);

-- Hold the days that turns count on, in one order for everybody, to the end of the transaction.
CREATE FUNCTION hold_days(p_days day_in[])
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    IF cardinality(p_days) = 0 THEN RETURN; END IF;
    INSERT INTO told_days (shard, day, revision, levels)
        SELECT DISTINCT d.shard, d.day, 0, '{}'::bytea[] FROM unnest(p_days) d
        WHERE d.expected = 0 ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
    PERFORM FROM told_days t
        WHERE (t.shard, t.day) IN (SELECT d.shard, d.day FROM unnest(p_days) d)
        ORDER BY t.shard, t.day FOR UPDATE;
END $$;

-- Whether the days of one turn are what it believed.
CREATE FUNCTION days_hold(p_days day_in[], p_of integer)
RETURNS boolean LANGUAGE sql VOLATILE SET search_path FROM CURRENT AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(p_days) d LEFT JOIN told_days t USING (shard, day)
                       WHERE d.of = p_of AND t.revision IS DISTINCT FROM d.expected)
$$;

-- As before, and with the days of people who are told: a turn whose days were moved is late.
--
-- State first, ledger next, log_head last; before all of them the days, in their order.
CREATE FUNCTION commit_turns(
    p_processor text, p_turns turn_in[], p_chunks chunk_in[],
    p_entries entry_in[], p_sealed sealed_in[], p_blobs blob_in[], p_live text[], p_days day_in[]
) RETURNS text[] LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_turn turn_in; v_late text[] := '{}'; v_won integer[] := '{}'; v_speaking unit_in[];
    v_broken integer;
BEGIN
    PERFORM hold_days(p_days);
    FOREACH v_turn IN ARRAY p_turns LOOP
        IF cardinality(p_days) > 0 AND NOT days_hold(p_days, v_turn.of) THEN
            v_late := v_late || v_turn.key;
            CONTINUE;
        END IF;
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
        IF FOUND THEN v_won := v_won || v_turn.of; ELSE
            v_late := v_late || v_turn.key;
            CONTINUE;
        END IF;
        IF cardinality(p_days) > 0 THEN
            UPDATE told_days t SET revision = t.revision + 1, levels = d.levels
                FROM unnest(p_days) d
                WHERE d.of = v_turn.of AND t.shard = d.shard AND t.day = d.day;
        END IF;
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

-- As builds before this one call it: whom they tell is counted on no day.
CREATE OR REPLACE FUNCTION commit_turns(
    p_processor text, p_turns turn_in[], p_chunks chunk_in[],
    p_entries entry_in[], p_sealed sealed_in[], p_blobs blob_in[], p_live text[]
) RETURNS text[] LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT commit_turns(p_processor, p_turns, p_chunks, p_entries, p_sealed, p_blobs, p_live, '{}')
$$;

-- As before, and with the days of each turn.
CREATE FUNCTION commit_cascade(
    p_processors text[], p_turns turn_in[], p_chunks chunk_in[], p_entries entry_in[],
    p_sealed sealed_in[], p_blobs blob_in[], p_live boolean[], p_first integer,
    p_taken text, p_lease_s double precision, p_days day_in[]
) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_late text[]; v_live text[]; v_got outcome_out;
BEGIN
    FOR i IN 1 .. cardinality(p_turns) LOOP
        v_live := CASE WHEN p_live[i] THEN ARRAY[p_turns[i].key] ELSE '{}' END;
        v_late := commit_turns(p_processors[i], ARRAY[p_turns[i]],
            ARRAY(SELECT c FROM unnest(p_chunks) c WHERE c.of = p_turns[i].of),
            '{}', '{}', '{}', v_live,
            ARRAY(SELECT d FROM unnest(p_days) d WHERE d.of = p_turns[i].of));
        IF cardinality(v_late) > 0 THEN
            RAISE EXCEPTION 'a position was moved' USING ERRCODE = 'HW002';
        END IF;
    END LOOP;
    IF p_taken IS NOT NULL THEN
        UPDATE chunks SET lease = 1, lease_s = p_lease_s,
                free_at = clock_timestamp() + make_interval(secs => p_lease_s)
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

CREATE OR REPLACE FUNCTION commit_cascade(
    p_processors text[], p_turns turn_in[], p_chunks chunk_in[], p_entries entry_in[],
    p_sealed sealed_in[], p_blobs blob_in[], p_live boolean[], p_first integer,
    p_taken text, p_lease_s double precision
) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT commit_cascade(p_processors, p_turns, p_chunks, p_entries, p_sealed, p_blobs, p_live,
        p_first, p_taken, p_lease_s, '{}')
$$;
