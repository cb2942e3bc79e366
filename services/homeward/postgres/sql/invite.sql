SELECT id, org, made_by, expires_at, uses, used, revoked FROM invites WHERE id = $1
