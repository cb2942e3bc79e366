SELECT lease, revision, accepted, failed, expired, retried FROM chunks WHERE id = $1
