SELECT commit_cascade($1::text[], $2::turn_in[], $3::chunk_in[], $4::entry_in[], $5::sealed_in[], $6::blob_in[], $7::boolean[], $8, $9, $10, $11::day_in[])
