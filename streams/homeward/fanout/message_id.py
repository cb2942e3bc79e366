"""The name of one message to one person: what makes a repeat recognisable."""

from homeward.words import Purpose, derived_id


def message_id(  # noqa: PLR0913 -- each part is what tells two messages apart
    origin: str,
    *,
    case: str,
    alert: int,
    version: int,
    purpose: Purpose,
    recipient: str,
    watch: str | None = None,
    contact: int = 0,
) -> str:
    """Return the id under which a recipient is told this, over all retries, channels and senders.

    A hub's contacts are different people and its watches different orders, so both are part of it;
    waves, chunks and attempts are not: that is why nobody is shown an alert version twice. That it
    is over is one message to the hub, whichever of its contacts hears it.
    """
    asked = 0 if purpose.ends else contact
    told = (case, alert, version, purpose.value, recipient, watch or "", asked)
    return derived_id(origin, "message", *told)
