-- Under which key ring this world is sealed: a MAC by the ring, which says nothing of its keys.
CREATE TABLE key_ring (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    mark bytea NOT NULL CHECK (length(mark) = 32)
);
