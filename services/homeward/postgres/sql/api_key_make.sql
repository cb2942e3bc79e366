INSERT INTO api_keys (prefix, sha256, role, account, org) VALUES ($1, $2, $3, $4, $5)
