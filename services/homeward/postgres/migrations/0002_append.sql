-- The one way into the log. All of these run as the owner: the application role may only call them.

-- `of` is the number of a unit and `n` orders the entries of a call.
CREATE TYPE unit_in AS (of integer, answer_key text, request_hash bytea, reference_json text);
CREATE TYPE entry_in AS (
    of integer, n integer, id uuid, stream text, version integer, key text, kind text,
    envelope bytea, leaf_hash bytea, chain_hash bytea
);
CREATE TYPE sealed_in AS (of integer, fact_id uuid, field text, ciphertext bytea);
CREATE TYPE blob_in AS (of integer, digest bytea, content bytea, media_type text);
CREATE TYPE outcome_out AS (
    of integer,
    outcome text, -- appended, known or conflict
    stream text, request_hash bytea, reference_json text,
    first_index bigint, key_versions integer[], recorded_at timestamptz
);

-- Insert entries that are known to continue their streams, from log_index p_size on.
CREATE FUNCTION insert_entries(p_entries entry_in[], p_size bigint, p_now timestamptz)
RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path FROM CURRENT SET enable_seqscan = off AS $$
    WITH given AS MATERIALIZED (
        SELECT e.*, row_number() OVER (ORDER BY e.n) AS place,
               row_number() OVER (PARTITION BY e.key ORDER BY e.n) AS nth
        FROM unnest(p_entries) e
    ), heads AS MATERIALIZED (
        SELECT k.key, coalesce(h.key_version, 0) AS key_version
        FROM (SELECT DISTINCT key FROM given) k
        LEFT JOIN LATERAL (
            SELECT key_version FROM events WHERE key = k.key ORDER BY key_version DESC LIMIT 1
        ) h ON true
    )
    INSERT INTO events (log_index, id, stream, version, key, key_version, kind, recorded_at,
                        envelope, leaf_hash, chain_hash)
    SELECT p_size + g.place - 1, g.id, g.stream, g.version, g.key, heads.key_version + g.nth, g.kind,
           p_now, g.envelope, g.leaf_hash, g.chain_hash
    FROM given g JOIN heads ON heads.key = g.key
    ORDER BY g.place
$$;

-- The first stream that the entries do not continue, or null.
CREATE FUNCTION discontinued(p_entries entry_in[])
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT SET enable_seqscan = off AS $$
    WITH given AS MATERIALIZED (
        SELECT e.stream, e.version, e.n, row_number() OVER (PARTITION BY e.stream ORDER BY e.n) AS nth
        FROM unnest(p_entries) e
    ), heads AS MATERIALIZED (
        SELECT s.stream, coalesce(h.version, 0) AS version
        FROM (SELECT DISTINCT stream FROM given) s
        LEFT JOIN LATERAL (
            SELECT version FROM events WHERE stream = s.stream ORDER BY version DESC LIMIT 1
        ) h ON true
    )
    SELECT g.stream FROM given g JOIN heads ON heads.stream = g.stream
    WHERE g.version <> heads.version + g.nth
    ORDER BY g.n LIMIT 1
$$;

-- Keep what units bring along: ciphertexts, blobs, answers.
CREATE FUNCTION keep_beside(
    p_units unit_in[], p_entries entry_in[], p_sealed sealed_in[], p_blobs blob_in[],
    p_now timestamptz
) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF cardinality(p_sealed) > 0 THEN
        INSERT INTO sealed_values (fact_id, field, ciphertext)
        SELECT s.fact_id, s.field, s.ciphertext FROM unnest(p_sealed) s;
    END IF;
    IF cardinality(p_blobs) > 0 THEN
        INSERT INTO blobs (digest, content, media_type)
        SELECT b.digest, b.content, b.media_type FROM unnest(p_blobs) b
        ON CONFLICT (digest) DO NOTHING;
    END IF;
    INSERT INTO answers (key, first_id, request_hash, reference_json, kept_at)
    SELECT u.answer_key, f.id, u.request_hash, u.reference_json, clock_timestamp()
    FROM unnest(p_units) u
    LEFT JOIN (SELECT DISTINCT ON (e.of) e.of, e.id FROM unnest(p_entries) e
               ORDER BY e.of, e.n) f ON f.of = u.of
    WHERE u.answer_key IS NOT NULL
    -- One older than a week is answered no more; a new request may take its place.
    ON CONFLICT (key) DO UPDATE SET first_id = excluded.first_id,
        request_hash = excluded.request_hash, reference_json = excluded.reference_json,
        kept_at = excluded.kept_at;
END $$;

-- What is kept for a unit that was there before; no row when it is new.
CREATE FUNCTION known_unit(p_key text, p_first uuid)
RETURNS TABLE (request_hash bytea, reference_json text) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path FROM CURRENT SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY SELECT a.request_hash, a.reference_json FROM answers a
        WHERE a.key = p_key AND a.kept_at > clock_timestamp() - interval '7 days';
    IF FOUND OR p_first IS NULL THEN RETURN; END IF;
    RETURN QUERY SELECT a.request_hash, a.reference_json FROM events e
        LEFT JOIN answers a ON a.first_id = e.id WHERE e.id = p_first LIMIT 1;
END $$;

-- Whether every unit of a group is new and continues its streams.
CREATE FUNCTION all_win(p_units unit_in[], p_entries entry_in[])
RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path FROM CURRENT SET enable_seqscan = off AS $$
DECLARE
    v_keys text[] := ARRAY(SELECT u.answer_key FROM unnest(p_units) u WHERE u.answer_key IS NOT NULL);
    v_ids uuid[] := ARRAY(SELECT e.id FROM unnest(p_entries) e);
BEGIN
    RETURN cardinality(v_keys) = (SELECT count(DISTINCT k) FROM unnest(v_keys) k)
        AND cardinality(v_ids) = (SELECT count(DISTINCT i) FROM unnest(v_ids) i)
        AND NOT EXISTS (SELECT FROM answers WHERE key = ANY (v_keys))
        AND NOT EXISTS (SELECT FROM events WHERE id = ANY (v_ids))
        AND discontinued(p_entries) IS NULL;
END $$;

-- The rows that a unit's entries became, from log_index p_first on.
CREATE FUNCTION appended_unit(p_of integer, p_first bigint, p_count bigint, p_now timestamptz)
RETURNS outcome_out LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT ROW(p_of, 'appended', NULL, NULL, NULL, p_first, coalesce(array_agg(
        key_version ORDER BY log_index), '{}'), p_now)::outcome_out
    FROM events WHERE log_index >= p_first AND log_index < p_first + p_count
$$;

-- Append units: whole, in order, those that win with consecutive indexes.
--
-- VOLATILE, so that each statement sees what was committed before it: a single statement would take
-- its snapshot before it waits for the head and then read stale versions.
CREATE FUNCTION append_units(
    p_units unit_in[], p_entries entry_in[], p_sealed sealed_in[], p_blobs blob_in[]
) RETURNS SETOF outcome_out LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path FROM CURRENT SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_start bigint; v_size bigint; v_now timestamptz; v_lost text[] := '{}'; v_unit unit_in;
    v_mine entry_in[]; v_stream text; v_known record;
BEGIN
    SELECT size, recorded_at INTO v_start, v_now
    FROM log_head FOR UPDATE;
    -- The clock is read after the lock, so that nobody's time is older than the index before it.
    v_now := greatest(v_now, clock_timestamp());
    v_size := v_start;
    IF all_win(p_units, p_entries) THEN
        PERFORM insert_entries(p_entries, v_size, v_now);
        PERFORM keep_beside(p_units, p_entries, p_sealed, p_blobs, v_now);
        v_size := v_size + cardinality(p_entries);
        RETURN QUERY
            WITH placed AS (
                SELECT e.of, v_start + row_number() OVER (ORDER BY e.n) - 1 AS log_index
                FROM unnest(p_entries) e
            ), kept AS (
                SELECT p.of, min(p.log_index) AS first,
                       array_agg(r.key_version ORDER BY p.log_index) AS key_versions
                FROM placed p JOIN events r ON r.log_index = p.log_index
                GROUP BY p.of
            )
            SELECT u.of, 'appended'::text, NULL::text, NULL::bytea, NULL::text,
                   k.first, coalesce(k.key_versions, '{}'), v_now
            FROM unnest(p_units) u LEFT JOIN kept k ON k.of = u.of
            ORDER BY u.of;
    ELSE
        FOREACH v_unit IN ARRAY p_units LOOP
            v_mine := ARRAY(SELECT e FROM unnest(p_entries) e WHERE e.of = v_unit.of ORDER BY e.n);
            SELECT * INTO v_known FROM known_unit(v_unit.answer_key, v_mine[1].id);
            IF FOUND THEN
                RETURN NEXT ROW(v_unit.of, 'known', NULL, v_known.request_hash,
                                v_known.reference_json, NULL, NULL, NULL)::outcome_out;
                CONTINUE;
            END IF;
            -- A stream that was lost, one that is not continued, or an id that is taken.
            v_stream := coalesce(
                (SELECT e.stream FROM unnest(v_mine) e WHERE e.stream = ANY (v_lost) LIMIT 1),
                discontinued(v_mine),
                (SELECT e.stream FROM unnest(v_mine) e JOIN events k ON k.id = e.id LIMIT 1));
            IF v_stream IS NOT NULL THEN
                v_lost := v_lost || ARRAY(SELECT e.stream FROM unnest(v_mine) e);
                RETURN NEXT ROW(v_unit.of, 'conflict', v_stream, NULL, NULL, NULL, NULL,
                                NULL)::outcome_out;
                CONTINUE;
            END IF;
            PERFORM insert_entries(v_mine, v_size, v_now);
            PERFORM keep_beside(ARRAY[v_unit], v_mine,
                ARRAY(SELECT s FROM unnest(p_sealed) s WHERE s.of = v_unit.of),
                ARRAY(SELECT b FROM unnest(p_blobs) b WHERE b.of = v_unit.of), v_now);
            RETURN NEXT appended_unit(v_unit.of, v_size, cardinality(v_mine), v_now);
            v_size := v_size + cardinality(v_mine);
        END LOOP;
    END IF;
    IF v_size > v_start THEN
        UPDATE log_head SET size = v_size, recorded_at = v_now;
        PERFORM pg_notify(current_schema() || '_log', v_size::text);
    END IF;
END $$;
