WITH moment AS (SELECT clock_timestamp() AS real), set_now AS (
    UPDATE case_clock c
    SET anchor_case = c.anchor_case + (m.real - c.anchor_real) * c.rate, anchor_real = m.real,
        rate = $1
    FROM moment m
    RETURNING 1
)
SELECT pg_notify(current_schema() || '_clock', '') FROM set_now
