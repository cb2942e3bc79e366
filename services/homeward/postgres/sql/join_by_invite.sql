SELECT join_by_invite($1, $2, $3)
