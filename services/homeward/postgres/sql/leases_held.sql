SELECT name, holder FROM leases
WHERE until > clock_timestamp() AND until <= clock_timestamp() + make_interval(secs => for_s)
ORDER BY name
