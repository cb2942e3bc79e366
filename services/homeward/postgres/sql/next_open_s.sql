SELECT extract(epoch FROM min(free_at) - clock_timestamp()) FROM chunks WHERE leasable
