-- Chunks of many people: a digest of whom they hold, outcomes at a bit a person.

-- Bit n stands for the n-th recipient of the chunk in the order of ordinals. The bitmaps of ordinals
-- that were kept until now stay in rows that were done with them; a settlement rewrites them.
ALTER TABLE chunks
    ADD COLUMN digest bytea GENERATED ALWAYS AS (sha256(recipients)) STORED,
    ADD COLUMN accepted_bits bytea,
    ADD COLUMN failed_bits   bytea,
    ADD COLUMN expired_bits  bytea,
    ADD COLUMN retried_bits  bytea,
    -- Ordinals hardly shrink, and out of line a settlement does not write them again.
    ALTER COLUMN recipients SET STORAGE EXTERNAL,
    -- Each row of a wide alert looked its alert up again: add_chunks, which alone writes them, joins
    -- and locks it, and alerts are never deleted.
    DROP CONSTRAINT chunks_case_id_alert_fkey;

-- Add chunks; ids known already are skipped, those of a closed alert or an older version withdrawn.
CREATE OR REPLACE FUNCTION add_chunks(p_chunks chunk_in[])
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_cases text[]; v_alerts integer[];
BEGIN
    IF cardinality(p_chunks) = 0 THEN RETURN; END IF;
    -- Taken apart once for this: the array of a wide alert is a megabyte.
    SELECT array_agg(c.case_id ORDER BY c.case_id, c.alert),
           array_agg(c.alert ORDER BY c.case_id, c.alert) INTO v_cases, v_alerts
        FROM (SELECT DISTINCT c.case_id, c.alert FROM unnest(p_chunks) c) c;
    INSERT INTO alerts (case_id, alert)
        SELECT n.case_id, n.alert FROM unnest(v_cases, v_alerts) AS n (case_id, alert)
        ON CONFLICT DO NOTHING;
    PERFORM FROM alerts a JOIN unnest(v_cases, v_alerts) AS n (case_id, alert)
            ON a.case_id = n.case_id AND a.alert = n.alert
        ORDER BY a.case_id, a.alert FOR SHARE OF a;
    INSERT INTO chunks (id, order_id, case_id, lane, seq, purpose, ends, priority, alert, version,
            wave, recipients, people, texts_of, contact, watch, window_from, window_to, expires_at,
            attempt, channel_step, delay_s, free_at, leasable, withdrawn)
        SELECT c.id, c.order_id, c.case_id, c.lane, c.seq, c.purpose, c.ends, c.priority, c.alert,
            c.version, c.wave, c.recipients, c.people, c.texts_of, c.contact, c.watch,
            c.window_from, c.window_to, c.expires_at, c.attempt, c.channel_step, c.delay_s,
            clock_timestamp() + make_interval(secs => c.delay_s), NOT o.over, o.over
        FROM unnest(p_chunks) WITH ORDINALITY AS c JOIN alerts a USING (case_id, alert),
            LATERAL (SELECT NOT c.ends AND a.closed
                         OR c.purpose = 'alert' AND c.version < a.newest AS over) o
        ORDER BY c.ordinality
        ON CONFLICT (id) DO NOTHING;
    PERFORM pg_notify(current_schema() || '_ledger', '');
END $$;

-- A sender from before this migration would not see the bits, and send again: it fails instead.
DROP FUNCTION settle_chunk(
    text, integer, integer, boolean, bytea[], integer[], chunk_in[], unit_in[], entry_in[],
    sealed_in[], blob_in[]
);

-- Record outcomes of a leased chunk: kept, lost (another holds it), or again (read it once more).
--
-- The alert's row comes first, as in close_alert, so that the two never wait for one another.
-- Error HW001: the summary does not continue its stream; nothing is kept.
CREATE FUNCTION settle_slice(
    p_id text, p_lease integer, p_revision integer, p_done boolean,
    p_bits bytea[], p_counts integer[], -- accepted, failed, expired, retried
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
        accepted = NULL, failed = NULL, expired = NULL, retried = NULL,
        accepted_bits = p_bits[1], failed_bits = p_bits[2], expired_bits = p_bits[3],
        retried_bits = p_bits[4], accepted_n = p_counts[1], failed_n = p_counts[2],
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

-- Prolong a lease that has used up a third of itself; a younger one is only looked at.
CREATE FUNCTION renew_lease(p_id text, p_lease integer, p_lease_s double precision)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_left double precision;
BEGIN
    SELECT extract(epoch FROM free_at - clock_timestamp()) INTO v_left
        FROM chunks WHERE id = p_id AND lease = p_lease AND leasable;
    IF NOT FOUND THEN RETURN false; END IF;
    IF v_left >= p_lease_s * 2 / 3 THEN RETURN true; END IF;
    UPDATE chunks SET free_at = clock_timestamp() + make_interval(secs => p_lease_s)
        WHERE id = p_id AND lease = p_lease AND leasable;
    RETURN FOUND;
END $$;
