SELECT consumer, by, facts, newest_at FROM heard_by ORDER BY consumer, by
