-- Leases, and which processes run.

-- No lease carries correctness. One that ends later than its own length from now was made before
-- the clock was set back, and counts as run out.
CREATE TABLE leases (
    name   text COLLATE "C" PRIMARY KEY,
    holder text COLLATE "C" NOT NULL,
    for_s  double precision NOT NULL,
    until  timestamptz NOT NULL
) WITH (fillfactor = 50); -- each is rewritten every second: leave room on the page

-- A process signs in, and again every few seconds; what it shows is for the operator only.
CREATE TABLE processes (
    id         text COLLATE "C" PRIMARY KEY,
    role       text COLLATE "C" NOT NULL,
    host       text NOT NULL,
    pid        integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
