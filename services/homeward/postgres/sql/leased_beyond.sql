SELECT place, recipients FROM chunks
WHERE case_id = $1 AND alert = $2 AND lease > 0 AND purpose IN ('alert', 'watch')
  AND place <> ALL ($3::bigint[])
