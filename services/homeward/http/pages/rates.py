"""How many reports an address, or previews an account, may make in an hour.

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
    ) -> None:
        """Allow so many an hour."""
        self.at_most = at_most
        self._refuses = refuses
        self._monotonic = monotonic
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Refuse an address that has had its share. Raises what it refuses with."""
        times = self._recent(address)
        if len(times) >= self.at_most:
            wait_s = times[0] + HOUR_S - self._monotonic()
            raise self._refuses(str(max(1, math.ceil(wait_s))))

    def note(self, address: str) -> None:
        """Count a report that was kept."""
        times = self._recent(address)
        times.append(self._monotonic())
        self._seen[address] = times
        self._seen.move_to_end(address)
        while len(self._seen) > ADDRESSES_MAX:
            self._seen.popitem(last=False)

    def _recent(self, address: str) -> deque[float]:
        times = self._seen.get(address, deque())
        while times and times[0] <= self._monotonic() - HOUR_S:
            times.popleft()
        return times
