SELECT renew_lease($1, $2, $3)
