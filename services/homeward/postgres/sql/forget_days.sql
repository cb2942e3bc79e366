DELETE FROM told_days WHERE day < $1
