-- When a hub is open and its contacts are on duty. The build before registers without it: what it
-- does not know stays as it was.
ALTER TABLE recipients ADD hours text NOT NULL DEFAULT '', ADD shifts text[] NOT NULL DEFAULT '{}';

-- Insert or replace recipients of distinct ids with their duty; shifts are JSON lists of texts.
CREATE FUNCTION register_recipients(p_given recipient_in[], p_hours text[], p_shifts text[])
RETURNS TABLE (id text, ordinal bigint, revision bigint) LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT f.id, f.ordinal, f.revision FROM register_recipients(p_given) f;
    UPDATE recipients r SET hours = d.hours, shifts = d.shifts
        FROM (SELECT g.id, p_hours[g.n] AS hours,
                     ARRAY (SELECT jsonb_array_elements_text(p_shifts[g.n]::jsonb)) AS shifts
              FROM unnest(p_given) g) d
        WHERE r.id = d.id AND (r.hours, r.shifts) IS DISTINCT FROM (d.hours, d.shifts);
END $$;
