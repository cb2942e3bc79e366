-- Keys and the case clock.

-- One data key a person, wrapped under an epoch key that is kept outside; deleting it forgets them.
CREATE TABLE subject_keys (
    subject text COLLATE "C" PRIMARY KEY,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
    prefix     text COLLATE "C" PRIMARY KEY,
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),
    role       text NOT NULL,
    account    text NOT NULL,
    org        text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);

-- case time = anchor_case + (now - anchor_real) * rate
CREATE TABLE case_clock (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    anchor_real timestamptz NOT NULL,
    anchor_case timestamptz NOT NULL,
    rate        double precision NOT NULL CHECK (rate > 0)
);
INSERT INTO case_clock (anchor_real, anchor_case, rate) VALUES (now(), now(), 1);
