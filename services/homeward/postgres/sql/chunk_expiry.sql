SELECT expires_at FROM chunks WHERE id = $1
