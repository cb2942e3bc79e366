INSERT INTO processor_states
    (processor, key, heard, revision, state, out_version, out_chain, wake_at, live)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
