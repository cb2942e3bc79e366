"""Some recipients of one order: what the ledger keeps and dispatch leases."""

from dataclasses import dataclass
from datetime import datetime

from homeward.words import Purpose


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some recipients of one order: a row of the ledger."""

    id: str
    """Derived from (fact heard, order, lane, place in it), whatever was heard before; a retry's
    from (chunk, "retry", channel_step, attempt, its recipients), so that two slices of one chunk
    never share an id."""
    order: str
    case: str
    lane: int
    seq: int
    """Nearest first: dispatch takes the lowest first within a priority."""
    purpose: Purpose
    alert: int
    version: int
    wave: int
    """Of an alert; of a watch how often its window was moved; of a review 1 for the reminder."""
    recipients: bytes
    """Portable roaring bitmap of ordinals."""
    people: int
    texts_of: str
    contact: int = 0
    """Which contact of a hub, counted from 0."""
    watch: str | None = None
    window_from: datetime | None = None
    window_to: datetime | None = None
    expires_at: datetime | None = None
    """On the case clock: not sent after it."""
    attempt: int = 0
    """0: cut from the order. A chunk that takes over another's recipients has 1 or more, so whoever
    counts people counts those of attempt 0."""
    channel_step: int = 0
    """Which of a recipient's channels is tried, counted from 0."""
    delay_s: float = 0.0
    """Not leased before so many real seconds have passed."""

    @property
    def moved(self) -> int:
        """How often the window of its watch was moved, or 1 for a reminder; 0 for all others."""
        return self.wave if self.purpose in {Purpose.WATCH, Purpose.REVIEW} else 0

    @property
    def priority(self) -> int:
        """0 goes first: what is over; then hubs; then everybody."""
        return 0 if self.purpose.ends else 1 if self.purpose is not Purpose.ALERT else 2
