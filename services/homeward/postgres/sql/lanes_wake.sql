INSERT INTO wakes (processor, key, due, asked_by) VALUES ($1, $2, $3, $4)
