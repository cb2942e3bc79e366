SELECT remove_recipient($1)
