UPDATE consumers SET low = $2 WHERE processor = $1 AND low < $2
