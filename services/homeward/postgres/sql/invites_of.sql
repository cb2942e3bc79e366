SELECT id, org, made_by, expires_at, uses, used, revoked FROM invites WHERE org = $1
ORDER BY expires_at DESC, id DESC LIMIT 200
