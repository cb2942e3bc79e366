"""The name of one message to one person: what makes a repeat recognisable."""

from collections.abc import Callable

from homeward.words import Purpose, derived_ids


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
    moved: int = 0,
) -> str:
    """Return the id under which a recipient is told this, over all retries, channels and senders.

    A hub's contacts are different people and its watches different orders, so both are part of it,
    and so is how often a watch's window was moved: the new one is news. Waves, chunks and attempts
    are not: that is why nobody is shown an alert version twice. That it is over is one message to
    the hub, whichever of its contacts hears it.
    """
    name = message_ids(
        origin,
        case=case,
        alert=alert,
        version=version,
        purpose=purpose,
        watch=watch,
        contact=contact,
        moved=moved,
    )
    return name(recipient)


def message_ids(  # noqa: PLR0913 -- all but the recipient tell two messages apart
    origin: str,
    *,
    case: str,
    alert: int,
    version: int,
    purpose: Purpose,
    watch: str | None = None,
    contact: int = 0,
    moved: int = 0,
) -> Callable[[str], str]:
    """Return what gives the `message_id` of each recipient of one chunk."""
    asked = 0 if purpose.ends else contact
    before = ("message", case, alert, version, purpose.value)
    # What was never moved keeps the id that it had before windows were moved.
    # Of a case that goes on in another, and does not after all, each time is a message.
    counts = not purpose.ends or purpose in {Purpose.JOINED, Purpose.PARTED}
    times = (moved,) if moved and counts else ()
    return derived_ids(origin, before, (watch or "", asked, *times))
