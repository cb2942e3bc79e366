-- News moves the window of a watch: what names the old one and has not left yet never leaves.

CREATE TABLE watches_moved (
    case_id text COLLATE "C" NOT NULL,
    alert   integer NOT NULL,
    watch   text COLLATE "C" NOT NULL,
    moved   integer NOT NULL, -- chunks of the watch that were moved less often never leave
    PRIMARY KEY (case_id, alert, watch)
);

-- Add chunks; ids known already are skipped, those of a closed alert, an older version or an older
-- window withdrawn. Of a watch ``wave`` is how often its window was moved.
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
                         OR c.purpose = 'alert' AND c.version < a.newest
                         OR c.purpose = 'watch' AND c.wave < coalesce((
                             SELECT m.moved FROM watches_moved m
                             WHERE m.case_id = c.case_id AND m.alert = c.alert
                                 AND m.watch = c.watch), 0) AS over) o
        ORDER BY c.ordinality
        ON CONFLICT (id) DO NOTHING;
    PERFORM pg_notify(current_schema() || '_ledger', '');
END $$;

-- Let no chunk of a watch that was moved less often leave any more; locks as supersede_alert does.
CREATE FUNCTION supersede_watch(p_case text, p_alert integer, p_watch text, p_moved integer)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO alerts (case_id, alert) VALUES (p_case, p_alert)
        ON CONFLICT (case_id, alert) DO UPDATE SET newest = alerts.newest;
    INSERT INTO watches_moved AS m (case_id, alert, watch, moved)
        VALUES (p_case, p_alert, p_watch, p_moved)
        ON CONFLICT (case_id, alert, watch)
        DO UPDATE SET moved = greatest(m.moved, excluded.moved);
    -- Every lease of it is committed now: they held the alert's row in share.
    UPDATE chunks SET leasable = false, withdrawn = (lease = 0)
        WHERE case_id = p_case AND alert = p_alert AND leasable
            AND purpose = 'watch' AND watch = p_watch AND wave < p_moved;
END $$;
