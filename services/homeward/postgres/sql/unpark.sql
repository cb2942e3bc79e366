DELETE FROM parked_keys WHERE processor = $1 AND key = $2
