-- What ends is a version of an alert, so the next one is free; and a version can live on for longer.

ALTER TABLE alerts
    ADD COLUMN closed_upto   integer NOT NULL DEFAULT -1, -- chunks up to this version never leave
    ADD COLUMN lasts_version integer NOT NULL DEFAULT 0, -- the version that was extended last,
    ADD COLUMN lasts_until   timestamptz; -- and until when its chunks may leave, on the case clock

-- Until now an alert was closed as a whole; the old close_alert still does so, for a process from
-- before this migration.
UPDATE alerts a
SET closed = false, closed_upto = greatest(1, a.newest, coalesce((
    SELECT max(c.version) FROM chunks c WHERE c.case_id = a.case_id AND c.alert = a.alert), 0))
WHERE a.closed;

-- Add chunks; ids known already are skipped, those of a closed or an older version or an older
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
            c.window_from, c.window_to,
            CASE WHEN c.purpose IN ('alert', 'watch') AND c.version = a.lasts_version
                 THEN greatest(c.expires_at, a.lasts_until) ELSE c.expires_at END,
            c.attempt, c.channel_step, c.delay_s,
            clock_timestamp() + make_interval(secs => c.delay_s), NOT o.over, o.over
        FROM unnest(p_chunks) WITH ORDINALITY AS c JOIN alerts a USING (case_id, alert),
            LATERAL (SELECT NOT c.ends AND (a.closed OR c.version <= a.closed_upto)
                         OR c.purpose = 'alert' AND c.version < a.newest
                         OR c.purpose = 'watch' AND c.wave < coalesce((
                             SELECT m.moved FROM watches_moved m
                             WHERE m.case_id = c.case_id AND m.alert = c.alert
                                 AND m.watch = c.watch), 0) AS over) o
        ORDER BY c.ordinality
        ON CONFLICT (id) DO NOTHING;
    PERFORM pg_notify(current_schema() || '_ledger', '');
END $$;

-- Close an alert up to a version: nobody is leased of it any more, but for what ends it.
CREATE FUNCTION close_alert(p_case text, p_alert integer, p_version integer)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO alerts (case_id, alert, closed_upto) VALUES (p_case, p_alert, p_version)
        ON CONFLICT (case_id, alert)
        DO UPDATE SET closed_upto = greatest(alerts.closed_upto, excluded.closed_upto);
    -- Every lease of it is committed now: they held the alert's row in share.
    UPDATE chunks SET leasable = false, withdrawn = (lease = 0)
        WHERE case_id = p_case AND alert = p_alert AND version <= p_version
            AND leasable AND NOT ends;
END $$;

-- Let a version live on: what was not sent yet, and what is added later, may leave until then.
CREATE FUNCTION extend_alert(p_case text, p_alert integer, p_version integer, p_until timestamptz)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO alerts AS a (case_id, alert, lasts_version, lasts_until)
        VALUES (p_case, p_alert, p_version, p_until)
        ON CONFLICT (case_id, alert) DO UPDATE SET
            lasts_until = CASE WHEN a.lasts_version > excluded.lasts_version THEN a.lasts_until
                               WHEN a.lasts_version < excluded.lasts_version
                               THEN excluded.lasts_until
                               ELSE greatest(a.lasts_until, excluded.lasts_until) END,
            lasts_version = greatest(a.lasts_version, excluded.lasts_version);
    UPDATE chunks SET expires_at = p_until
        WHERE case_id = p_case AND alert = p_alert AND version = p_version
            AND purpose IN ('alert', 'watch') AND NOT done AND expires_at < p_until;
END $$;
