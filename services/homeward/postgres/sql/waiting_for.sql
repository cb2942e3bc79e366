SELECT j.recipient, j.invite, j.joined_at, r.lang
FROM invites i JOIN joins j ON j.invite = i.id JOIN recipients r ON r.id = j.recipient
WHERE i.org = $1 AND NOT r.active ORDER BY j.joined_at, j.recipient LIMIT $2
