SELECT extend_alert($1, $2, $3, $4)
