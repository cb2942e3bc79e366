UPDATE lanes SET lanes = $1
