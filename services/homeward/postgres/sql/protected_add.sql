INSERT INTO protected (digest, load) SELECT d, $1 FROM unnest($2::bytea[]) d
ON CONFLICT (digest) DO UPDATE SET load = excluded.load
