SELECT settle_slice($1, $2, $3, $4, $5::bytea[], $6::integer[], $7::chunk_in[], $8::unit_in[],
                    $9::entry_in[], $10::sealed_in[], $11::blob_in[])
