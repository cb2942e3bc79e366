SELECT lease, revision, recipients, accepted, failed, expired, retried,
       accepted_bits, failed_bits, expired_bits, retried_bits
FROM chunks WHERE id = $1
