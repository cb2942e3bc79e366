"""Times as people type them behind an option, and as files hold them."""

from datetime import datetime


def zoned(said: str) -> datetime | None:
    """Return a time that says its offset; None when it is no time, or says none."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return None if at.tzinfo is None else at
