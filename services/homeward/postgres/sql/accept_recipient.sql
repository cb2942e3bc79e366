SELECT accept_recipient($1, $2, $3)
