"""A case clock that only a script moves, shown by every house of this process."""

from dataclasses import dataclass
from datetime import datetime

from tests.stories.scripts.steps import FIRST_DAY

from homeward.postgres.clock import DatabaseClock


@dataclass(slots=True)
class Hand:
    """Where the clock's hand stands."""

    moment: datetime = FIRST_DAY

    def clock(self) -> type[DatabaseClock]:
        """Return what stands in for `DatabaseClock`; leases still go by the database's time."""
        hand = self

        class PinnedClock(DatabaseClock):
            """Shows where the hand stands."""

            def now(self) -> datetime:
                return hand.moment

            def real(self) -> datetime:
                return hand.moment

            def real_s_until(self, moment: datetime) -> float:
                return max(0.0, (moment - hand.moment).total_seconds())

        return PinnedClock
