INSERT INTO parked_keys (processor, key, key_version, error) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
