SELECT move_recipients($1, $2, $3)
