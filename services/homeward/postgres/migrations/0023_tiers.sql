-- How far a volunteer is trusted. Who is registered already is public: that an organisation added
-- somebody says that they may be told, not that it knows them well enough for what nobody verified.
-- The build before knows no tier: whom it registers anew is public, and who is known stays as is.
ALTER TABLE recipients ADD tier text COLLATE "C" NOT NULL DEFAULT 'public'
    CHECK (tier IN ('public', 'vetted'));

-- As before, and with tiers.
CREATE FUNCTION register_recipients(
    p_given recipient_in[], p_hours text[], p_shifts text[], p_per_day smallint[], p_tiers text[]
) RETURNS TABLE (id text, ordinal bigint, revision bigint) LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM roster_head FOR UPDATE;
    RETURN QUERY SELECT f.id, f.ordinal, f.revision
        FROM register_recipients(p_given, p_hours, p_shifts, p_per_day) f;
    UPDATE recipients r SET tier = g.tier
        FROM (SELECT g.id, p_tiers[g.n] AS tier FROM unnest(p_given) g) g
        WHERE r.id = g.id AND r.tier <> g.tier;
END $$;
