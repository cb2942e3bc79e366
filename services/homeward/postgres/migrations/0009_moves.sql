-- Where recipients are now, and what of the roster changed since a revision.

-- Apart from the recipients: a move rewrites forty bytes and not somebody's contacts.
CREATE TABLE places (
    ordinal  bigint PRIMARY KEY,
    here     bigint, -- NULL: forgotten, but an older word must not bring it back
    said_at  timestamptz NOT NULL,
    revision bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX places_revision ON places (revision);
CREATE INDEX recipients_revision ON recipients (revision);

-- Who left, without their ids. Kept for a day; what changed up to the horizon is known no more.
CREATE TABLE departures (
    revision bigint PRIMARY KEY,
    ordinal  bigint NOT NULL,
    left_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE roster_head ADD horizon bigint NOT NULL DEFAULT 0;
UPDATE roster_head SET horizon = revision;

-- A cell, or what lies above it at a resolution: H3 keeps the resolution in bits 52-55 and below
-- them three bits a digit, all ones from the first that is not used.
CREATE FUNCTION cell_within(p_cell bigint, p_res integer)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN (p_cell >> 52) & 15 <= p_res THEN p_cell
        ELSE (p_cell & ~(15::bigint << 52)) | (p_res::bigint << 52)
            | ((1::bigint << (3 * (15 - p_res))) - 1) END
$$;

-- The finest place that a kind of recipient may keep.
CREATE FUNCTION place_kept(p_cell bigint, p_kind text)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT cell_within(p_cell, CASE p_kind WHEN 'volunteer' THEN 7 ELSE 10 END)
$$;

CREATE FUNCTION roster_rung(p_revision bigint)
RETURNS void LANGUAGE sql VOLATILE SET search_path FROM CURRENT AS $$
    SELECT pg_notify(current_schema() || '_roster', p_revision::text)
$$;

-- Keep where recipients are: of each the newest word; for each in order whether there is one.
-- The head is locked late, and only where something is new; all who write rows of the roster
-- lock it first, so none waits for another in a circle.
CREATE FUNCTION move_recipients(p_ids text[], p_cells bigint[], p_at timestamptz[])
RETURNS boolean[] LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_known boolean[];
    v_new boolean;
    v_revision bigint;
    v_moved bigint;
BEGIN
    SELECT array_agg(r.id IS NOT NULL ORDER BY g.n),
           bool_or(r.id IS NOT NULL AND (p.ordinal IS NULL OR g.at > p.said_at OR g.at = p.said_at
               AND place_kept(g.cell, r.kind) IS DISTINCT FROM p.here))
        INTO v_known, v_new
        FROM unnest(p_ids, p_cells, p_at) WITH ORDINALITY AS g (id, cell, at, n)
        LEFT JOIN recipients r ON r.id = g.id
        LEFT JOIN places p ON p.ordinal = r.ordinal;
    IF v_new IS NOT TRUE THEN RETURN coalesce(v_known, '{}'); END IF;
    SELECT h.revision INTO v_revision FROM roster_head h FOR UPDATE;
    WITH newest AS (
        SELECT DISTINCT ON (g.id) g.id, g.cell, g.at
        FROM unnest(p_ids, p_cells, p_at) WITH ORDINALITY AS g (id, cell, at, n)
        ORDER BY g.id, g.at DESC, g.n DESC
    ), found AS (
        SELECT r.ordinal, place_kept(g.cell, r.kind) AS here, g.at,
               place_kept(g.cell, r.kind) IS DISTINCT FROM p.here AS moved
        FROM newest g
        JOIN recipients r ON r.id = g.id
        LEFT JOIN places p ON p.ordinal = r.ordinal
        WHERE p.ordinal IS NULL OR g.at >= p.said_at
    ), counted AS (
        SELECT f.*, CASE WHEN f.moved THEN v_revision + row_number() OVER (
            PARTITION BY f.moved ORDER BY f.ordinal) ELSE 0 END AS revision
        FROM found f
    ), kept AS (
        INSERT INTO places AS p (ordinal, here, said_at, revision)
            SELECT c.ordinal, c.here, c.at, c.revision FROM counted c
            ON CONFLICT (ordinal) DO UPDATE SET here = excluded.here, said_at = excluded.said_at,
                revision = greatest(p.revision, excluded.revision)
    ), raised AS (
        UPDATE shards s SET revision = b.newest
            FROM (SELECT c.ordinal >> 26 AS shard, max(c.revision) AS newest FROM counted c
                  WHERE c.moved GROUP BY 1) b
            WHERE s.shard = b.shard
    )
    SELECT count(*) INTO v_moved FROM counted c WHERE c.moved;
    IF v_moved > 0 THEN
        UPDATE roster_head SET revision = v_revision + v_moved;
        PERFORM roster_rung(v_revision + v_moved);
    END IF;
    RETURN v_known;
END $$;

-- Forget where the recipients of one shard were who said it before a moment; how many.
CREATE FUNCTION forget_places(p_shard integer, p_before timestamptz)
RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_low bigint := p_shard::bigint << 26;
    v_high bigint := (p_shard + 1)::bigint << 26;
    v_revision bigint;
    v_dropped bigint;
    v_forgotten bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM places p WHERE p.ordinal >= v_low AND p.ordinal < v_high
                   AND p.said_at < p_before) THEN
        RETURN 0;
    END IF;
    SELECT h.revision INTO v_revision FROM roster_head h FOR UPDATE;
    -- Forgotten long ago: whoever has not heard of it by now reads everything again.
    WITH dropped AS (
        DELETE FROM places p WHERE p.ordinal >= v_low AND p.ordinal < v_high
            AND p.said_at < p_before AND p.here IS NULL RETURNING p.revision
    )
    SELECT coalesce(max(d.revision), 0) INTO v_dropped FROM dropped d;
    WITH late AS (
        SELECT p.ordinal, v_revision + row_number() OVER (ORDER BY p.ordinal) AS revision
        FROM places p WHERE p.ordinal >= v_low AND p.ordinal < v_high
            AND p.said_at < p_before AND p.here IS NOT NULL
    ), forgotten AS (
        UPDATE places p SET here = NULL, revision = l.revision
            FROM late l WHERE p.ordinal = l.ordinal
    )
    SELECT count(*) INTO v_forgotten FROM late;
    IF v_forgotten > 0 THEN
        UPDATE shards s SET revision = v_revision + v_forgotten WHERE s.shard = p_shard;
        PERFORM roster_rung(v_revision + v_forgotten);
    END IF;
    UPDATE roster_head SET revision = v_revision + v_forgotten,
        horizon = greatest(horizon, v_dropped);
    RETURN v_forgotten;
END $$;

-- Forget who left more than a day ago.
CREATE FUNCTION forget_departures()
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_dropped bigint;
BEGIN
    PERFORM FROM roster_head h FOR UPDATE;
    WITH dropped AS (
        DELETE FROM departures d WHERE d.left_at < clock_timestamp() - interval '1 day'
            RETURNING d.revision
    )
    SELECT max(d.revision) INTO v_dropped FROM dropped d;
    UPDATE roster_head SET horizon = greatest(horizon, v_dropped) WHERE v_dropped IS NOT NULL;
END $$;

-- Insert or replace recipients of distinct ids; `n` counts them from 1.
CREATE OR REPLACE FUNCTION register_recipients(p_given recipient_in[])
RETURNS TABLE (id text, ordinal bigint, revision bigint) LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    v_revision bigint;
    v_hubs boolean;
BEGIN
    SELECT h.revision INTO v_revision FROM roster_head h FOR UPDATE;
    v_hubs := EXISTS (SELECT FROM unnest(p_given) g WHERE g.kind = 'hub')
        OR EXISTS (SELECT FROM unnest(p_given) g JOIN recipients r ON r.id = g.id
                   WHERE r.kind = 'hub');
    RETURN QUERY
        INSERT INTO recipients AS r (id, ordinal, kind, cells, lang, reach_km_max, severity_min,
                quiet_from_min, quiet_to_min, zone, active, level, hub_kind, contacts,
                contact_count, reachable, name, revision)
            SELECT g.id,
                   coalesce(k.ordinal, (s.shard::bigint << 26) | (s.given - 1 + row_number() OVER (
                       PARTITION BY g.shard, k.ordinal IS NULL ORDER BY g.n))),
                   g.kind, g.cells, g.lang, g.reach_km_max, g.severity_min, g.quiet_from_min,
                   g.quiet_to_min, g.zone, g.active, g.level, g.hub_kind, g.contacts,
                   g.contact_count, g.reachable, g.name, v_revision + g.n
            FROM unnest(p_given) g
            JOIN shards s ON s.shard = g.shard
            LEFT JOIN recipients k ON k.id = g.id
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, cells = excluded.cells,
                lang = excluded.lang, reach_km_max = excluded.reach_km_max,
                severity_min = excluded.severity_min, quiet_from_min = excluded.quiet_from_min,
                quiet_to_min = excluded.quiet_to_min, zone = excluded.zone,
                active = excluded.active, level = excluded.level, hub_kind = excluded.hub_kind,
                contacts = excluded.contacts, contact_count = excluded.contact_count,
                reachable = excluded.reachable, name = excluded.name, revision = excluded.revision
            RETURNING r.id, r.ordinal, r.revision;
    UPDATE shards s SET revision = v_revision + b.newest,
            given = greatest(s.given, b.given)
        FROM (SELECT g.shard, max(g.n) AS newest,
                     max((r.ordinal & ((1 << 26) - 1)) + 1)::integer AS given
              FROM unnest(p_given) g JOIN recipients r ON r.id = g.id GROUP BY g.shard) b
        WHERE s.shard = b.shard;
    UPDATE roster_head SET revision = v_revision + cardinality(p_given),
        hub_revision = hub_revision + v_hubs::integer;
    -- Who becomes a volunteer keeps no finer place than volunteers may.
    UPDATE places p SET here = place_kept(p.here, r.kind)
        FROM unnest(p_given) g JOIN recipients r ON r.id = g.id
        WHERE p.ordinal = r.ordinal AND p.here <> place_kept(p.here, r.kind);
    PERFORM roster_rung(v_revision + cardinality(p_given));
END $$;

-- Forget a recipient and where they were; whether there was one.
CREATE OR REPLACE FUNCTION remove_recipient(p_id text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_revision bigint;
    v_gone record;
BEGIN
    SELECT h.revision + 1 INTO v_revision FROM roster_head h FOR UPDATE;
    DELETE FROM recipients r WHERE r.id = p_id RETURNING r.ordinal, r.kind INTO v_gone;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM places p WHERE p.ordinal = v_gone.ordinal;
    INSERT INTO departures (revision, ordinal) VALUES (v_revision, v_gone.ordinal);
    UPDATE shards s SET revision = v_revision WHERE s.shard = v_gone.ordinal >> 26;
    UPDATE roster_head SET revision = v_revision,
        hub_revision = hub_revision + (v_gone.kind = 'hub')::integer;
    PERFORM roster_rung(v_revision);
    RETURN true;
END $$;
