-- Whoever is retried was counted by the first chunk.
SELECT purpose, version, wave,
       coalesce(sum(people) FILTER (WHERE attempt = 0), 0) AS people,
       coalesce(sum(people) FILTER (WHERE attempt = 0 AND lease > 0), 0) AS leased,
       sum(accepted_n) AS accepted, sum(failed_n) AS failed, sum(expired_n) AS expired,
       coalesce(sum(rest) FILTER (WHERE withdrawn), 0) AS withdrawn,
       coalesce(sum(rest) FILTER (WHERE NOT withdrawn AND NOT leasable), 0) AS unknown,
       coalesce(sum(rest) FILTER (WHERE leasable), 0) AS pending
FROM (SELECT *, people - accepted_n - failed_n - expired_n - retried_n AS rest
      FROM chunks WHERE case_id = $1) c
GROUP BY purpose, version, wave
