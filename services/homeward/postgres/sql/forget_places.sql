SELECT forget_places($1, $2)
