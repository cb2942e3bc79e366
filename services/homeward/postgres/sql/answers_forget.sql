DELETE FROM answers WHERE kept_at < clock_timestamp() - interval '7 days'
