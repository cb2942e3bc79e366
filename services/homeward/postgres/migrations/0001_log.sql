-- The log: one dense index, a chain a stream, never changed.

CREATE TABLE log_head (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    origin      text NOT NULL CHECK (length(origin) BETWEEN 1 AND 200),
    size        bigint NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE events (
    log_index   bigint PRIMARY KEY CHECK (log_index >= 0),
    id          uuid NOT NULL UNIQUE,
    stream      text COLLATE "C" NOT NULL,
    version     integer NOT NULL CHECK (version >= 1),
    key         text COLLATE "C" NOT NULL,
    key_version integer NOT NULL CHECK (key_version >= 1),
    kind        text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    envelope    bytea NOT NULL CHECK (length(envelope) <= 32768),
    leaf_hash   bytea NOT NULL CHECK (length(leaf_hash) = 32),
    chain_hash  bytea NOT NULL CHECK (length(chain_hash) = 32),
    UNIQUE (stream, version),
    UNIQUE (key, key_version)
);
CREATE INDEX events_kind ON events (kind, log_index);

-- Envelopes hold hashes and little text: they do not compress, so do not try for each row.
ALTER TABLE events ALTER COLUMN envelope SET STORAGE EXTERNAL;

CREATE TABLE sealed_values (
    fact_id    uuid NOT NULL,
    field      text COLLATE "C" NOT NULL,
    ciphertext bytea NOT NULL,
    PRIMARY KEY (fact_id, field)
);

CREATE TABLE blobs (
    digest     bytea PRIMARY KEY CHECK (length(digest) = 32),
    content    bytea NOT NULL,
    media_type text NOT NULL
);

CREATE TABLE answers (
    key            text COLLATE "C" PRIMARY KEY,
    first_id       uuid,
    request_hash   bytea NOT NULL,
    reference_json text NOT NULL,
    kept_at        timestamptz NOT NULL
);
CREATE INDEX answers_first_id ON answers (first_id);
CREATE INDEX answers_kept_at ON answers (kept_at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER blobs_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON blobs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER head_stays BEFORE DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.origin <> OLD.origin OR NEW.size < OLD.size OR NEW.recorded_at < OLD.recorded_at THEN
        RAISE EXCEPTION 'the head of the log only moves on, and its origin stays'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER head_moves_on BEFORE UPDATE ON log_head
    FOR EACH ROW EXECUTE FUNCTION refuse_going_back();
