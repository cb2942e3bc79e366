INSERT INTO consumers (processor, birth, low)
SELECT $1, size, size FROM log_head
ON CONFLICT DO NOTHING
