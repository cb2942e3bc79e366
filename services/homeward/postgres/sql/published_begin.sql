INSERT INTO published (size) VALUES ($1)
ON CONFLICT (one) DO UPDATE SET size = excluded.size, at = clock_timestamp()
