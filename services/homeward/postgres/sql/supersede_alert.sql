SELECT supersede_alert($1, $2, $3)
