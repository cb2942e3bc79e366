"""How many reports an address, previews an account, or sightings a key may make in a while.

Kept in memory, and bounded itself.
"""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from homeward.http.problems import TooManyReports
from homeward.refusals import Refused

HOUR_S: Final = 3_600.0
ADDRESSES_MAX: Final = 50_000
"""The address that reported longest ago is forgotten first."""


class Rates:
    """Counts reports by address."""

    def __init__(
        self,
        at_most: int,
        monotonic: Callable[[], float] = time.monotonic,
        refuses: type[Refused] = TooManyReports,
        within_s: float = HOUR_S,
    ) -> None:
        """Allow so many within a while: an hour."""
        self.at_most = at_most
        self._within_s = within_s
        self._refuses = refuses
        self._monotonic = monotonic
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Count one, or refuse an address that has had its share. Raises what it refuses with.

        Before the work, without waiting in between: else those that come at once all pass.
        """
        times, now = self._recent(address), self._monotonic()
        if len(times) >= self.at_most:
            raise self._refuses(str(max(1, math.ceil(times[0] + self._within_s - now))))
        times.append(now)
        self._seen[address] = times
        self._seen.move_to_end(address)
        while len(self._seen) > ADDRESSES_MAX:
            self._seen.popitem(last=False)

    def give_back(self, address: str) -> None:
        """Take one away again, of which nothing came."""
        if times := self._seen.get(address):
            times.pop()

    def _recent(self, address: str) -> deque[float]:
        times = self._seen.get(address, deque())
        while times and times[0] <= self._monotonic() - self._within_s:
            times.popleft()
        return times
