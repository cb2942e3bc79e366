SELECT seq, message_id, case_id, purpose, alert, version, texts_of, watch, window_from, window_to, at
FROM inbox_messages
WHERE recipient = $1 AND seq > $2
ORDER BY seq LIMIT $3
