SELECT DISTINCT zone FROM recipients
WHERE ordinal >= $1::bigint << 26 AND ordinal < $2::bigint << 26
ORDER BY zone
