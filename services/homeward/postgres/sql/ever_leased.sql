SELECT contact, recipients FROM chunks
WHERE case_id = $1 AND alert = $2 AND lease > 0 AND purpose IN ('alert', 'watch')
ORDER BY place
