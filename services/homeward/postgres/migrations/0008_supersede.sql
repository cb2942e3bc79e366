-- A newer version of an alert replaces the words that have not left yet.

ALTER TABLE alerts ADD COLUMN newest integer NOT NULL DEFAULT 0; -- older alert chunks never leave

-- Add chunks; ids known already are skipped, those of a closed alert or an older version withdrawn.
CREATE OR REPLACE FUNCTION add_chunks(p_chunks chunk_in[])
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
            clock_timestamp() + make_interval(secs => c.delay_s), NOT o.over, o.over
        FROM unnest(p_chunks) WITH ORDINALITY AS c JOIN alerts a USING (case_id, alert),
            LATERAL (SELECT NOT c.ends AND a.closed
                         OR c.purpose = 'alert' AND c.version < a.newest AS over) o
        ORDER BY c.ordinality
        ON CONFLICT (id) DO NOTHING;
    PERFORM pg_notify(current_schema() || '_ledger', '');
END $$;

-- Let no alert chunk below a version leave any more; locks as close_alert does.
CREATE FUNCTION supersede_alert(p_case text, p_alert integer, p_version integer)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO alerts (case_id, alert, newest) VALUES (p_case, p_alert, p_version)
        ON CONFLICT (case_id, alert)
        DO UPDATE SET newest = greatest(alerts.newest, excluded.newest);
    -- Every lease of it is committed now: they held the alert's row in share.
    UPDATE chunks SET leasable = false, withdrawn = (lease = 0)
        WHERE case_id = p_case AND alert = p_alert AND leasable
            AND purpose = 'alert' AND version < p_version;
END $$;
