-- What the ledger and the case clock promise when the database's clock is set.

-- How long the last lease was asked for. Null: by a sender from before this migration.
--
-- A lease that ends later than that from now, or a delay that ends later than itself from now, was
-- begun before the clock was set back, and is over: nobody waits for an hour that passed already.
ALTER TABLE chunks ADD COLUMN lease_s double precision;

-- How long a chunk may have to wait at most, from the moment that its free_at was written.
CREATE FUNCTION wait_s_max(p_lease integer, p_lease_s double precision, p_delay_s double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A second is no clock set back but two clocks read one after the other.
    SELECT 1 + CASE WHEN p_lease = 0 THEN p_delay_s ELSE coalesce(p_lease_s, 3600) END
$$;

-- Prolong a lease that has used up a third of itself, or that the clock was set back under; any
-- other one is only looked at.
CREATE OR REPLACE FUNCTION renew_lease(p_id text, p_lease integer, p_lease_s double precision)
RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_left double precision;
BEGIN
    SELECT extract(epoch FROM free_at - clock_timestamp()) INTO v_left
        FROM chunks WHERE id = p_id AND lease = p_lease AND leasable;
    IF NOT FOUND THEN RETURN false; END IF;
    IF v_left BETWEEN p_lease_s * 2 / 3 AND p_lease_s THEN RETURN true; END IF;
    UPDATE chunks SET free_at = clock_timestamp() + make_interval(secs => p_lease_s),
            lease_s = p_lease_s
        WHERE id = p_id AND lease = p_lease AND leasable;
    RETURN FOUND;
END $$;

-- As before, and with the length of the lease.
CREATE OR REPLACE FUNCTION commit_cascade(
    p_processors text[], p_turns turn_in[], p_chunks chunk_in[], p_entries entry_in[],
    p_sealed sealed_in[], p_blobs blob_in[], p_live boolean[], p_first integer,
    p_taken text, p_lease_s double precision
) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_late text[]; v_live text[]; v_got outcome_out;
BEGIN
    FOR i IN 1 .. cardinality(p_turns) LOOP
        v_live := CASE WHEN p_live[i] THEN ARRAY[p_turns[i].key] ELSE '{}' END;
        v_late := commit_turns(p_processors[i], ARRAY[p_turns[i]],
            ARRAY(SELECT c FROM unnest(p_chunks) c WHERE c.of = p_turns[i].of),
            '{}', '{}', '{}', v_live);
        IF cardinality(v_late) > 0 THEN
            RAISE EXCEPTION 'a position was moved' USING ERRCODE = 'HW002';
        END IF;
    END LOOP;
    IF p_taken IS NOT NULL THEN
        UPDATE chunks SET lease = 1, lease_s = p_lease_s,
                free_at = clock_timestamp() + make_interval(secs => p_lease_s)
            WHERE id = p_taken AND lease = 0 AND leasable;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the chunk cannot be leased' USING ERRCODE = 'HW002';
        END IF;
    END IF;
    IF cardinality(p_entries) = 0 THEN RETURN; END IF;
    SELECT * INTO v_got FROM append_units(ARRAY[ROW(1, NULL, NULL, NULL)::unit_in], p_entries,
        p_sealed, p_blobs);
    IF v_got.outcome <> 'appended' OR v_got.key_versions[1] <> p_first THEN
        RAISE EXCEPTION 'the outputs came to stand elsewhere' USING ERRCODE = 'HW002';
    END IF;
END $$;

-- The case clock follows the database's, but never falls behind a fact that was recorded: from the
-- moment at which it would, it goes on at half its speed until the database's has caught up.
--
-- case time = the later of  anchor_case + (now - anchor_real) * rate
--                     and   held_case   + (now - held_real) * rate / 2
ALTER TABLE case_clock ADD COLUMN held_real timestamptz, ADD COLUMN held_case timestamptz,
    ADD CHECK ((held_real IS NULL) = (held_case IS NULL));

-- The case time that a clock shows at a moment of the database's time.
CREATE FUNCTION case_time(p_clock case_clock, p_real timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT greatest(p_clock.anchor_case + (p_real - p_clock.anchor_real) * p_clock.rate,
                    p_clock.held_case + (p_real - p_clock.held_real) * p_clock.rate / 2)
$$;

-- When the newest fact was recorded. SECURITY DEFINER: who asks may not touch the head.
CREATE FUNCTION newest_recorded_at() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path FROM CURRENT AS $$ SELECT nullif(recorded_at, '-infinity') FROM log_head $$;

-- Read the clocks; whoever is the first to see that the database's was set back holds the case's.
CREATE FUNCTION read_case_clock(
    OUT read_at timestamptz, OUT anchor_real timestamptz, OUT anchor_case timestamptz,
    OUT rate double precision, OUT held_real timestamptz, OUT held_case timestamptz
) LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
    -- Before the clock: what is recorded meanwhile is no sign of anything.
    v_newest timestamptz := newest_recorded_at();
    v_clock case_clock;
    v_least timestamptz;
BEGIN
    SELECT * INTO v_clock FROM case_clock;
    read_at := clock_timestamp();
    -- Facts that were recorded before the anchor are of a clock that ran otherwise.
    IF v_newest > read_at AND v_newest >= v_clock.anchor_real THEN
        SELECT * INTO v_clock FROM case_clock FOR UPDATE;
        read_at := clock_timestamp();
        v_least := v_clock.anchor_case + (v_newest - v_clock.anchor_real) * v_clock.rate;
        IF v_newest > read_at AND case_time(v_clock, read_at) < v_least THEN
            UPDATE case_clock SET held_real = read_at, held_case = v_least RETURNING * INTO v_clock;
            PERFORM pg_notify(current_schema() || '_clock', '');
        END IF;
    END IF;
    anchor_real := v_clock.anchor_real;
    anchor_case := v_clock.anchor_case;
    rate := v_clock.rate;
    held_real := v_clock.held_real;
    held_case := v_clock.held_case;
END $$;

-- Let the case clock run at another rate from its present time on.
CREATE FUNCTION set_case_rate(p_rate double precision)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_newest timestamptz := newest_recorded_at();
    v_clock case_clock; v_now timestamptz; v_case timestamptz;
BEGIN
    SELECT * INTO v_clock FROM case_clock FOR UPDATE;
    v_now := clock_timestamp();
    v_case := case_time(v_clock, v_now);
    -- While the database's clock is behind the newest fact, the anchor stands at that fact.
    IF v_newest > v_now THEN
        UPDATE case_clock SET rate = p_rate, anchor_real = v_newest, anchor_case = v_case,
            held_real = v_now, held_case = v_case;
    ELSE
        UPDATE case_clock SET rate = p_rate, anchor_real = v_now, anchor_case = v_case,
            held_real = NULL, held_case = NULL;
    END IF;
    PERFORM pg_notify(current_schema() || '_clock', '');
END $$;
