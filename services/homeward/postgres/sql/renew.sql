UPDATE chunks SET free_at = clock_timestamp() + make_interval(secs => $3)
WHERE id = $1 AND lease = $2 AND leasable
