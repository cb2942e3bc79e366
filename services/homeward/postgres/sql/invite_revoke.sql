UPDATE invites SET revoked = true WHERE id = $1 AND org = $2
