SELECT request_hash, reference_json FROM answers
WHERE key = $1 AND kept_at > clock_timestamp() - interval '7 days'
