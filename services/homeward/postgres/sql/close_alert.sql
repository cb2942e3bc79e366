SELECT close_alert($1, $2, $3)
