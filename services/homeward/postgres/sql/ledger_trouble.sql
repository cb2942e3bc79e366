SELECT count(*) AS open_chunks,
       coalesce(sum(people - accepted_n - failed_n - expired_n - retried_n), 0) AS open_people,
       coalesce(extract(epoch FROM clock_timestamp() - min(added_at)), 0) AS oldest_s,
       coalesce(extract(epoch FROM clock_timestamp() - min(added_at) FILTER (WHERE ends)), 0)
           AS urgent_s,
       coalesce(extract(epoch FROM clock_timestamp() - min(added_at) FILTER (WHERE priority = 1)), 0)
           AS hubs_s,
       coalesce(extract(epoch FROM clock_timestamp() - min(added_at) FILTER (WHERE priority = 2)), 0)
           AS people_s
FROM chunks WHERE leasable
