SELECT commit_turns($1, $2::turn_in[], $3::chunk_in[], $4::entry_in[], $5::sealed_in[], $6::blob_in[], $7::text[], $8::day_in[])
