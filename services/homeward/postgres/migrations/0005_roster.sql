-- Who can be told: last values only. Contacts are sealed under a key kept apart from the database.

-- Locked by each change, so that revisions commit in their order.
CREATE TABLE roster_head (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision     bigint NOT NULL DEFAULT 0,
    hub_revision bigint NOT NULL DEFAULT 0
);
INSERT INTO roster_head DEFAULT VALUES;

-- 64 shards; an ordinal is the shard's 6 bits and 26 bits counted up, never used again.
CREATE TABLE shards (
    shard    smallint PRIMARY KEY CHECK (shard BETWEEN 0 AND 63),
    given    integer NOT NULL DEFAULT 0 CHECK (given <= 67108864),
    revision bigint NOT NULL DEFAULT 0
);
INSERT INTO shards (shard) SELECT generate_series(0, 63);

CREATE TABLE recipients (
    id             text COLLATE "C" PRIMARY KEY,
    ordinal        bigint NOT NULL UNIQUE,
    kind           text COLLATE "C" NOT NULL,
    cells          bigint[] NOT NULL,
    lang           text NOT NULL,
    reach_km_max   integer NOT NULL,
    severity_min   smallint NOT NULL,
    quiet_from_min smallint NOT NULL,
    quiet_to_min   smallint NOT NULL,
    zone           text NOT NULL,
    active         boolean NOT NULL,
    level          smallint NOT NULL,
    hub_kind       text NOT NULL,
    contacts       bytea NOT NULL,
    contact_count  smallint NOT NULL,
    reachable      boolean NOT NULL,
    name           text,
    revision       bigint NOT NULL
);
CREATE INDEX recipients_kind ON recipients (kind, id);

CREATE TYPE recipient_in AS (
    n integer, id text, shard smallint, kind text, cells bigint[], lang text, reach_km_max integer,
    severity_min smallint, quiet_from_min smallint, quiet_to_min smallint, zone text,
    active boolean, level smallint, hub_kind text, contacts bytea, contact_count smallint,
    reachable boolean, name text
);

-- Insert or replace recipients of distinct ids; `n` counts them from 1.
CREATE FUNCTION register_recipients(p_given recipient_in[])
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
END $$;

-- Forget a recipient; whether there was one.
CREATE FUNCTION remove_recipient(p_id text)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_revision bigint;
    v_gone record;
BEGIN
    SELECT h.revision + 1 INTO v_revision FROM roster_head h FOR UPDATE;
    DELETE FROM recipients r WHERE r.id = p_id RETURNING r.ordinal >> 26 AS shard, r.kind
        INTO v_gone;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE shards s SET revision = v_revision WHERE s.shard = v_gone.shard;
    UPDATE roster_head SET revision = v_revision,
        hub_revision = hub_revision + (v_gone.kind = 'hub')::integer;
    RETURN true;
END $$;
