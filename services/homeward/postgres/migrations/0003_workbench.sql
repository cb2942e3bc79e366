-- Where consumers keep state and position, and the ledger of who is told.

CREATE TABLE consumers (
    processor text COLLATE "C" PRIMARY KEY,
    birth     bigint NOT NULL,
    low       bigint NOT NULL
);

CREATE TABLE processor_states (
    processor   text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    heard       integer NOT NULL,
    revision    integer NOT NULL,
    state       bytea NOT NULL,
    out_version integer NOT NULL,
    out_chain   bytea,
    wake_at     timestamptz,
    PRIMARY KEY (processor, key)
) WITH (fillfactor = 70); -- each turn rewrites its row: leave room on the page

CREATE TABLE wakes (
    processor text COLLATE "C" NOT NULL,
    key       text COLLATE "C" NOT NULL,
    due       timestamptz NOT NULL,
    asked_by  text NOT NULL,
    PRIMARY KEY (processor, key)
);
CREATE INDEX wakes_due ON wakes (due, processor, key);

CREATE TABLE parked_keys (
    processor   text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    key_version integer NOT NULL,
    error       text NOT NULL,
    parked_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (processor, key)
);

-- Locked in share by whoever leases or adds chunks of an alert, exclusively by who closes it.
CREATE TABLE alerts (
    case_id text COLLATE "C" NOT NULL,
    alert   integer NOT NULL,
    closed  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_id, alert)
);

CREATE TABLE chunks (
    id           text COLLATE "C" PRIMARY KEY,
    order_id     text NOT NULL,
    case_id      text COLLATE "C" NOT NULL,
    lane         integer NOT NULL,
    seq          integer NOT NULL,
    purpose      text NOT NULL,
    ends         boolean NOT NULL, -- says that something is over: also leased after a close
    priority     smallint NOT NULL,
    alert        integer NOT NULL,
    version      integer NOT NULL,
    wave         integer NOT NULL,
    recipients   bytea NOT NULL,
    people       integer NOT NULL,
    texts_of     text NOT NULL,
    contact      integer NOT NULL,
    watch        text,
    window_from  timestamptz,
    window_to    timestamptz,
    expires_at   timestamptz,
    attempt      integer NOT NULL,
    channel_step integer NOT NULL,
    delay_s      double precision NOT NULL,
    place        bigint GENERATED ALWAYS AS IDENTITY,
    added_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    free_at      timestamptz NOT NULL, -- not leased before: its delay, or the end of a lease
    lease        integer NOT NULL DEFAULT 0, -- fencing number; 0: never leased
    leasable     boolean NOT NULL, -- neither done nor over
    withdrawn    boolean NOT NULL, -- over before it was ever leased
    done         boolean NOT NULL DEFAULT false,
    revision     integer NOT NULL DEFAULT 0, -- counts settlements
    accepted bytea, failed bytea, expired bytea, retried bytea,
    accepted_n integer NOT NULL DEFAULT 0,
    failed_n   integer NOT NULL DEFAULT 0,
    expired_n  integer NOT NULL DEFAULT 0,
    retried_n  integer NOT NULL DEFAULT 0,
    FOREIGN KEY (case_id, alert) REFERENCES alerts
);
CREATE INDEX chunks_next ON chunks (priority, seq, place) WHERE leasable;
CREATE INDEX chunks_free_at ON chunks (free_at) WHERE leasable;
CREATE INDEX chunks_alert ON chunks (case_id, alert);

CREATE TYPE turn_in AS (
    of integer, key text, expected integer, heard integer, state bytea,
    out_version integer, out_chain bytea,
    wake text, -- keep, drop or set
    due timestamptz, asked_by text
);
CREATE TYPE chunk_in AS (
    of integer, id text, order_id text, case_id text, lane integer, seq integer, purpose text,
    ends boolean, priority smallint, alert integer, version integer, wave integer,
    recipients bytea, people integer, texts_of text, contact integer, watch text,
    window_from timestamptz, window_to timestamptz, expires_at timestamptz, attempt integer,
    channel_step integer, delay_s double precision
);

-- Add chunks; ids known already are skipped, those of a closed alert are withdrawn at once.
CREATE FUNCTION add_chunks(p_chunks chunk_in[])
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF cardinality(p_chunks) = 0 THEN RETURN; END IF;
    INSERT INTO alerts (case_id, alert)
        SELECT DISTINCT c.case_id, c.alert FROM unnest(p_chunks) c ORDER BY 1, 2
        ON CONFLICT DO NOTHING;
    PERFORM FROM alerts a
        WHERE EXISTS (SELECT FROM unnest(p_chunks) c
                      WHERE c.case_id = a.case_id AND c.alert = a.alert)
            AND a.case_id = ANY (ARRAY(SELECT c.case_id FROM unnest(p_chunks) c))
        ORDER BY a.case_id, a.alert FOR SHARE;
    INSERT INTO chunks (id, order_id, case_id, lane, seq, purpose, ends, priority, alert, version,
            wave, recipients, people, texts_of, contact, watch, window_from, window_to, expires_at,
            attempt, channel_step, delay_s, free_at, leasable, withdrawn)
        SELECT c.id, c.order_id, c.case_id, c.lane, c.seq, c.purpose, c.ends, c.priority, c.alert,
            c.version, c.wave, c.recipients, c.people, c.texts_of, c.contact, c.watch,
            c.window_from, c.window_to, c.expires_at, c.attempt, c.channel_step, c.delay_s,
            clock_timestamp() + make_interval(secs => c.delay_s),
            c.ends OR NOT a.closed, a.closed AND NOT c.ends
        FROM unnest(p_chunks) WITH ORDINALITY AS c JOIN alerts a USING (case_id, alert)
        ORDER BY c.ordinality
        ON CONFLICT (id) DO NOTHING;
    PERFORM pg_notify(current_schema() || '_ledger', '');
END $$;

-- Commit turns, given in the order of their keys; returns the keys that came too late.
--
-- State first, ledger next, log_head last. Error HW001: a key's outputs do not continue its stream,
-- which only a broken state row can bring about; its detail names the key and nothing is kept.
CREATE FUNCTION commit_turns(
    p_processor text, p_turns turn_in[], p_chunks chunk_in[],
    p_entries entry_in[], p_sealed sealed_in[], p_blobs blob_in[]
) RETURNS text[] LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_turn turn_in; v_late text[] := '{}'; v_won integer[] := '{}'; v_speaking unit_in[];
    v_broken integer;
BEGIN
    FOREACH v_turn IN ARRAY p_turns LOOP
        IF v_turn.expected = 0 THEN
            INSERT INTO processor_states AS s (processor, key, heard, revision, state, out_version,
                                               out_chain, wake_at)
            VALUES (p_processor, v_turn.key, v_turn.heard, 1, v_turn.state, v_turn.out_version,
                    v_turn.out_chain, v_turn.due)
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE processor_states s SET heard = v_turn.heard, revision = s.revision + 1,
                state = v_turn.state, out_version = v_turn.out_version,
                out_chain = v_turn.out_chain,
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
    PERFORM add_chunks(ARRAY(SELECT c FROM unnest(p_chunks) c WHERE c.of = ANY (v_won)));

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

-- Close an alert: nobody is leased any more, but for what ends it.
CREATE FUNCTION close_alert(p_case text, p_alert integer)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO alerts (case_id, alert, closed) VALUES (p_case, p_alert, true)
        ON CONFLICT (case_id, alert) DO UPDATE SET closed = true;
    -- Every lease of it is committed now: they held the alert's row in share.
    UPDATE chunks SET leasable = false, withdrawn = (lease = 0)
        WHERE case_id = p_case AND alert = p_alert AND leasable AND NOT ends;
END $$;

-- Record outcomes of a leased chunk: kept, lost (another holds it), or again (read it once more).
--
-- The alert's row comes first, as in close_alert, so that the two never wait for one another.
-- Error HW001: the summary does not continue its stream; nothing is kept.
CREATE FUNCTION settle_chunk(
    p_id text, p_lease integer, p_revision integer, p_done boolean,
    p_bitmaps bytea[], p_counts integer[], -- accepted, failed, expired, retried
    p_retries chunk_in[], p_units unit_in[], p_entries entry_in[], p_sealed sealed_in[],
    p_blobs blob_in[]
) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_chunk record;
BEGIN
    PERFORM FROM alerts a JOIN chunks c USING (case_id, alert) WHERE c.id = p_id FOR SHARE OF a;
    SELECT c.lease, c.done, c.revision INTO v_chunk FROM chunks c WHERE c.id = p_id FOR UPDATE;
    IF NOT FOUND OR v_chunk.done OR v_chunk.lease <> p_lease THEN RETURN 'lost'; END IF;
    IF v_chunk.revision <> p_revision THEN RETURN 'again'; END IF;
    UPDATE chunks SET revision = revision + 1, done = p_done, leasable = leasable AND NOT p_done,
        accepted = p_bitmaps[1], failed = p_bitmaps[2], expired = p_bitmaps[3],
        retried = p_bitmaps[4], accepted_n = p_counts[1], failed_n = p_counts[2],
        expired_n = p_counts[3], retried_n = p_counts[4]
        WHERE id = p_id;
    PERFORM add_chunks(p_retries);
    IF cardinality(p_units) > 0 THEN
        PERFORM FROM append_units(p_units, p_entries, p_sealed, p_blobs) o
            WHERE o.outcome = 'conflict';
        IF FOUND THEN
            RAISE EXCEPTION 'the summary does not continue its stream' USING ERRCODE = 'HW001';
        END IF;
    END IF;
    RETURN 'kept';
END $$;
