SELECT * FROM append_units($1::unit_in[], $2::entry_in[], $3::sealed_in[], $4::blob_in[])
