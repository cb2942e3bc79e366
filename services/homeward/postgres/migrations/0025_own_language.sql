-- The language in which somebody hears is one of what they say by their own link: a registration by
-- somebody else leaves it. The build before knows nothing of it and sets the other limits as before.
CREATE OR REPLACE FUNCTION register_recipients(
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
            per_day = o.per_day, lang = o.lang
        FROM unnest(v_own) o WHERE r.id = o.id;
END $$;

-- As before, and with the language.
CREATE FUNCTION limit_recipient(
    p_id text, p_reach_km_max integer, p_severity_min smallint, p_quiet_from_min smallint,
    p_quiet_to_min smallint, p_zone text, p_per_day smallint, p_paused_until timestamptz,
    p_lang text
) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT limit_recipient(p_id, p_reach_km_max, p_severity_min, p_quiet_from_min, p_quiet_to_min,
                           p_zone, p_per_day, p_paused_until) THEN RETURN false; END IF;
    UPDATE recipients r SET lang = p_lang WHERE r.id = p_id AND r.lang <> p_lang;
    RETURN true;
END $$;
