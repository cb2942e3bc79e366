SELECT id, ordinal, revision FROM register_recipients($1::recipient_in[])
