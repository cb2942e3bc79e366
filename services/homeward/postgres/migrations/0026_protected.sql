-- Who is protected from whom, as keyed digests: nothing in here says a name without the world's key.
-- The build before asks nothing of it, and holds no report.
CREATE TABLE protected (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    load   text NOT NULL -- by which loading of the list it was kept last
);
