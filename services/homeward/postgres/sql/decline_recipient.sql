SELECT decline_recipient($1, $2)
