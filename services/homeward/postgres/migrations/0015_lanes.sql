-- How many lanes cut the roster; changed offline, by `homeward lanes set`.

CREATE TABLE lanes (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    lanes integer NOT NULL DEFAULT 1 CHECK (lanes IN (1, 2, 4, 8, 16, 32, 64))
);
INSERT INTO lanes DEFAULT VALUES;

-- A process that was asleep while the lanes were cut anew would tell people whom another lane tells.
-- So a session says by how many lanes it works (one, when it is of a build before this), and a turn
-- of a lane under another number fails whole. Error HW003.
CREATE FUNCTION lane_fence()
RETURNS trigger LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    IF coalesce(nullif(current_setting('homeward.lanes', true), ''), '1')::integer
            <> (SELECT l.lanes FROM lanes l) THEN
        RAISE EXCEPTION 'the lanes were cut anew' USING ERRCODE = 'HW003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lane_fence BEFORE INSERT OR UPDATE ON processor_states
    FOR EACH ROW WHEN (NEW.processor ~ '^fanout\.') EXECUTE FUNCTION lane_fence();
