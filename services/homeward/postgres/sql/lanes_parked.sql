SELECT count(*) FROM parked_keys WHERE processor ~ '^fanout\.'
