-- What a recipient wants to be told of, as they say by their own link, and until when of nothing.
-- The build before knows none of it: what it does not know stays as it was, but it tells who paused.
ALTER TABLE recipients
    ADD per_day      smallint NOT NULL DEFAULT 0, -- alerts a day; 0: as many as the policy says
    ADD paused_until timestamptz,                 -- on the case clock; NULL: not paused
    ADD own_limits   boolean NOT NULL DEFAULT false; -- set by themselves: a registration keeps them
CREATE INDEX recipients_paused ON recipients (paused_until) WHERE paused_until IS NOT NULL;

-- As before, and with alerts a day. Limits that somebody set by their own link stay as they are.
CREATE FUNCTION register_recipients(
    p_given recipient_in[], p_hours text[], p_shifts text[], p_per_day smallint[]
) RETURNS TABLE (id text, ordinal bigint, revision bigint) LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    v_own recipients[];
BEGIN
    PERFORM FROM roster_head FOR UPDATE;
    v_own := ARRAY(SELECT r FROM recipients r JOIN unnest(p_given) g ON g.id = r.id
                   WHERE r.own_limits);
    RETURN QUERY SELECT f.id, f.ordinal, f.revision
        FROM register_recipients(p_given, p_hours, p_shifts) f;
    UPDATE recipients r SET per_day = g.per_day
        FROM (SELECT g.id, p_per_day[g.n] AS per_day FROM unnest(p_given) g) g
        WHERE r.id = g.id AND r.per_day <> g.per_day;
    UPDATE recipients r SET reach_km_max = o.reach_km_max, severity_min = o.severity_min,
            quiet_from_min = o.quiet_from_min, quiet_to_min = o.quiet_to_min, zone = o.zone,
            per_day = o.per_day
        FROM unnest(v_own) o WHERE r.id = o.id;
END $$;

-- Keep a recipient's own limits; whether there is such a recipient. Whatever changes takes a
-- revision, so that who may be told now is told.
CREATE FUNCTION limit_recipient(
    p_id text, p_reach_km_max integer, p_severity_min smallint, p_quiet_from_min smallint,
    p_quiet_to_min smallint, p_zone text, p_per_day smallint, p_paused_until timestamptz
) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_revision bigint;
    v_ordinal bigint;
BEGIN
    SELECT h.revision + 1 INTO v_revision FROM roster_head h FOR UPDATE;
    UPDATE recipients r SET reach_km_max = p_reach_km_max, severity_min = p_severity_min,
            quiet_from_min = p_quiet_from_min, quiet_to_min = p_quiet_to_min, zone = p_zone,
            per_day = p_per_day, paused_until = p_paused_until, own_limits = true,
            revision = v_revision
        WHERE r.id = p_id RETURNING r.ordinal INTO v_ordinal;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE shards s SET revision = v_revision WHERE s.shard = v_ordinal >> 26;
    UPDATE roster_head SET revision = v_revision;
    PERFORM roster_rung(v_revision);
    RETURN true;
END $$;

-- End the pauses that are over; how many. At most so many at once: the head is held meanwhile.
CREATE FUNCTION end_pauses(p_now timestamptz, p_limit integer)
RETURNS integer LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_revision bigint;
    v_ended integer;
BEGIN
    IF NOT EXISTS (SELECT FROM recipients r WHERE r.paused_until <= p_now) THEN RETURN 0; END IF;
    SELECT h.revision INTO v_revision FROM roster_head h FOR UPDATE;
    WITH over AS (
        SELECT r.id, r.ordinal, v_revision + row_number() OVER (ORDER BY r.ordinal) AS revision
        FROM (SELECT r.id, r.ordinal FROM recipients r WHERE r.paused_until <= p_now
              ORDER BY r.paused_until LIMIT p_limit) r
    ), ended AS (
        UPDATE recipients r SET paused_until = NULL, revision = o.revision
            FROM over o WHERE r.id = o.id
    ), raised AS (
        UPDATE shards s SET revision = b.newest
            FROM (SELECT o.ordinal >> 26 AS shard, max(o.revision) AS newest FROM over o
                  GROUP BY 1) b
            WHERE s.shard = b.shard
    )
    SELECT count(*) INTO v_ended FROM over;
    UPDATE roster_head SET revision = v_revision + v_ended;
    PERFORM roster_rung(v_revision + v_ended);
    RETURN v_ended;
END $$;
