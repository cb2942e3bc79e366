SELECT consumer, key, after, upto, at FROM swept ORDER BY place DESC LIMIT $1
