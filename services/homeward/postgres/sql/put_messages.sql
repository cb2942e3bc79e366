SELECT put_messages($1::message_in[])
