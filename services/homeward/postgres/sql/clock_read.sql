SELECT * FROM read_case_clock()
