SELECT p.ordinal, p.here FROM places p
WHERE p.ordinal >= $1::bigint << 26 AND p.ordinal < $2::bigint << 26 AND p.here IS NOT NULL
  AND (cardinality($3::bigint[]) = 0 OR p.ordinal = ANY ($3::bigint[]))
