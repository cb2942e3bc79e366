SELECT birth, low FROM consumers WHERE processor = $1
