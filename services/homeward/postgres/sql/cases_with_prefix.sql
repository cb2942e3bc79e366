-- A key is a case, or the stream of a fact of no case.
SELECT key FROM events
WHERE key >= $1 AND key < $2 AND key_version = 1 AND key <> stream
LIMIT 2
