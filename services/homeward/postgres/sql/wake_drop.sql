DELETE FROM wakes WHERE processor = $1 AND key = $2 AND due = $3 AND asked_by = $4
