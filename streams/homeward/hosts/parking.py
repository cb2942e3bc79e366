"""A limit on parking: one bad fact sets one case aside, many are a bad program."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

WINDOW_S: Final = 300.0
PARKED_MIN: Final = 20
"""So few may be parked at any rate: a bad sender's facts, not ours."""
SHARE_MAX: Final = 0.1


class TooManyParked(Exception):
    """More than a tenth of what was heard in five minutes could not be taken: hearing stops.

    Everything is in the log. Mend what fails (`homeward parked list` says where), or go back to
    the release before, then start again and run `homeward parked unpark`.
    """


@dataclass(slots=True)
class ParkingLimit:
    """Counts (consumer, key) pairs heard and parked by one host."""

    window_s: float = WINDOW_S
    parked_min: int = PARKED_MIN
    share_max: float = SHARE_MAX
    clock: Callable[[], float] = time.monotonic
    _noted: deque[tuple[float, int, int]] = field(default_factory=deque)
    _heard: int = 0
    _parked: int = 0

    def note(self, heard: int, parked: int) -> None:
        """Note what one round heard and parked. Raises TooManyParked."""
        now_s = self.clock()
        self._noted.append((now_s, heard, parked))
        self._heard += heard
        self._parked += parked
        while self._noted[0][0] < now_s - self.window_s:
            _, old_heard, old_parked = self._noted.popleft()
            self._heard -= old_heard
            self._parked -= old_parked
        if self._parked >= self.parked_min and self._parked > self._heard * self.share_max:
            raise TooManyParked


__all__ = ["ParkingLimit", "TooManyParked"]
