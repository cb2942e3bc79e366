SELECT end_pauses($1, $2)
