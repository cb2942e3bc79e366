"""Limits of sending, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Knobs:
    """How one sender works; the house fills in what is a setting."""

    lease_s: float = 5.0
    """Setting ``lease_s``: a third of it lies between signs of life."""
    senders: int = 8
    """Setting: batches' worth of people it works on at once; twice as many are in hand, so that
    the next ones are read while these are sent. What is over has as many again, of its own."""
    poll_s: float = 1.0
    """Setting: backs up the ledger's bell."""
    outcome_batch: int = 100
    """Messages between two records of outcomes: what a killed sender repeats."""
    send_timeout_s: float = 10.0
    """Twice what a webhook allows itself: beyond it a channel hangs and is cut off."""
    channel_batches: int = 6
    """Batches in one channel at once, never more than ``senders``, to far sides that answer
    quickly ..."""
    endpoint_batches: int = 3
    """... and to one of them: half, so that none can take them all by falling silent."""
    slow_batches: int = 8
    """Batches in one channel at once to far sides that are new, slow or silent, one to each ..."""
    slow_people: int = 25
    """... and so small: one answer tells whether more may follow."""
    quick_s: float = 1.0
    """A far side that takes longer for a batch is slow."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Setting ``channel_rates``: messages a second by channel; not named: as many as it takes."""
    channel_wait_s: float = 1.0
    """Whoever waits for a full channel looks so often whether the message is still wanted."""
    waiting_max: int = 6_400
    """People who may wait for slow far sides beside those in hand; the rest is put back."""
    put_back_max_s: float = 15.0
    """Whoever was put back comes again after so long, though the channel seems to need more."""
    attempts_max: int = 5
    """Tries of a channel while there is a next one: with the back-off below, 15 s at most."""
    attempts_last_max: int = 12
    """Tries of the last one: six minutes at most, which outlives a far side's restart."""
    backoff_base_s: float = 1.0
    backoff_max_s: float = 60.0
    """Full jitter below base x 2^attempt, so that a far side that comes back is not run over."""
    retry_after_max_s: float = 900.0
    """A far side that asks for more has a quarter of an hour: a child is missing now."""
    settle_patience_s: float = 30.0
    """What was sent is recorded when the store comes back, rather than sent again."""
    words_kept: int = 64
    """Facts whose opened texts are kept in memory ..."""
    words_kept_s: float = 30.0
    """... and for how long: an erasure is not outlived."""
    stop_grace_s: float = 3.0
    """What is in flight at a stop may end so long."""

    @property
    def in_hand_max(self) -> int:
        """People in hand at once, those who only wait apart."""
        return 2 * self.senders * self.outcome_batch
