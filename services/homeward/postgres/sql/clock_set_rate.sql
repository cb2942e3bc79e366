SELECT set_case_rate($1)
