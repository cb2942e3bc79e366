SELECT i.org FROM joins j JOIN invites i ON i.id = j.invite JOIN recipients r ON r.id = j.recipient
WHERE j.recipient = $1 AND NOT r.active
