SELECT digest, content FROM blobs WHERE digest = ANY ($1::bytea[])
