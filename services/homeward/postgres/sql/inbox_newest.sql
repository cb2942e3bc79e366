SELECT recipient, seq FROM inbox_heads WHERE recipient = ANY ($1::text[])
