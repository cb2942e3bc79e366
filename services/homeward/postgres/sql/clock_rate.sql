SELECT rate FROM case_clock
