SELECT processor, key, key_version, error FROM parked_keys ORDER BY parked_at, processor, key
