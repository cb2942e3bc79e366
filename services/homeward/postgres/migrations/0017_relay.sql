-- How far the relay has published the log. One row, once a relay has run.
CREATE TABLE published (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    size bigint NOT NULL CHECK (size >= 0),
    at   timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 10); -- rewritten many times a second: room for HOT updates on its page
