"""What the desk refuses before or after a decider was asked."""

from homeward.refusals import Refused


class StaleVersion(Refused):
    """Somebody decided something about this case since you last read it."""

    code = "stale-version"
    status = 412
    mend = "Read the case again and send its ETag in If-Match."


class IdempotencyKeyReused(Refused):
    """The Idempotency-Key was used before, with another request."""

    code = "idempotency-key-reused"
    status = 422
    mend = "Use a new key for a new request; repeat the old one only with the same body."


class TooBusy(Refused):
    """So many people decide about this case at once that your request found no gap."""

    code = "too-busy"
    status = 503
    mend = "Send the same request with the same Idempotency-Key again in a second."
