WITH long_gone AS (
    DELETE FROM processes WHERE seen_at < clock_timestamp() - interval '1 day' AND id <> $1
)
INSERT INTO processes (id, role, host, pid) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()
