SELECT CASE WHEN EXISTS (
    -- Beyond what was ever asked for: the clock was set back, and it is free.
    SELECT FROM chunks WHERE leasable AND free_at > statement_timestamp() + make_interval(secs => 1)
        AND free_at > statement_timestamp() + make_interval(secs => wait_s_max(lease, lease_s, delay_s))
) THEN 0 ELSE (
    SELECT extract(epoch FROM min(free_at) - clock_timestamp()) FROM chunks WHERE leasable
) END
