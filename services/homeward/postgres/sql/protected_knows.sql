SELECT EXISTS (SELECT FROM protected WHERE digest = ANY ($1::bytea[]))
