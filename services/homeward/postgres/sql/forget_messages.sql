WITH gone AS (DELETE FROM inbox_messages WHERE recipient = $1)
DELETE FROM inbox_heads WHERE recipient = $1
