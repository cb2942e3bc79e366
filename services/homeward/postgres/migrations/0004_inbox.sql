-- Messages that wait on a recipient's page.

CREATE TABLE inbox_heads (
    recipient text COLLATE "C" PRIMARY KEY,
    seq       integer NOT NULL
);

CREATE TABLE inbox_messages (
    recipient   text COLLATE "C" NOT NULL,
    seq         integer NOT NULL,
    message_id  text COLLATE "C" NOT NULL,
    case_id     text NOT NULL,
    purpose     text NOT NULL,
    alert       integer NOT NULL,
    version     integer NOT NULL,
    texts_of    text NOT NULL,
    watch       text,
    window_from timestamptz,
    window_to   timestamptz,
    at          timestamptz NOT NULL,
    PRIMARY KEY (recipient, seq),
    UNIQUE (recipient, message_id)
);

CREATE TYPE message_in AS (
    n integer, recipient text, message_id text, case_id text, purpose text, alert integer,
    version integer, texts_of text, watch text, window_from timestamptz, window_to timestamptz,
    at timestamptz
);

-- Keep messages once. A recipient's head is locked until the commit, so that whoever reads "after
-- seq" never passes one that becomes visible later.
CREATE FUNCTION put_messages(p_messages message_in[])
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO inbox_heads (recipient, seq)
        SELECT DISTINCT m.recipient, 0 FROM unnest(p_messages) m ORDER BY 1
        ON CONFLICT DO NOTHING;
    PERFORM FROM inbox_heads h
        WHERE h.recipient = ANY (ARRAY(SELECT m.recipient FROM unnest(p_messages) m))
        ORDER BY h.recipient FOR UPDATE;
    WITH fresh AS (
        SELECT DISTINCT ON (m.recipient, m.message_id) m.*
        FROM unnest(p_messages) m
        WHERE NOT EXISTS (SELECT FROM inbox_messages k
                          WHERE k.recipient = m.recipient AND k.message_id = m.message_id)
        ORDER BY m.recipient, m.message_id, m.n
    ), kept AS (
        INSERT INTO inbox_messages (recipient, seq, message_id, case_id, purpose, alert, version,
                                    texts_of, watch, window_from, window_to, at)
        SELECT f.recipient, h.seq + row_number() OVER (PARTITION BY f.recipient ORDER BY f.n),
               f.message_id, f.case_id, f.purpose, f.alert, f.version, f.texts_of, f.watch,
               f.window_from, f.window_to, f.at
        FROM fresh f JOIN inbox_heads h ON h.recipient = f.recipient
        RETURNING recipient, seq
    )
    UPDATE inbox_heads h SET seq = k.seq
    FROM (SELECT recipient, max(seq) AS seq FROM kept GROUP BY recipient) k
    WHERE h.recipient = k.recipient;
END $$;
