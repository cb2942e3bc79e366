SELECT id, role, host, pid, started_at, seen_at FROM processes
WHERE seen_at BETWEEN clock_timestamp() - make_interval(secs => $1)
    AND clock_timestamp() + make_interval(secs => $1)
ORDER BY role, started_at, id
