SELECT processor, key, due, asked_by FROM wakes
WHERE due <= $1
ORDER BY due, processor, key LIMIT $2
