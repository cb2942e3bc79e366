SELECT clock_timestamp() AS real, anchor_real, anchor_case, rate FROM case_clock
