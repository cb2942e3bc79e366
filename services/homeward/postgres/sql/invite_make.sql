INSERT INTO invites (id, org, made_by, expires_at, uses) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
