SELECT prefix, sha256, role, account, org, revoked_at FROM api_keys WHERE prefix = $1
