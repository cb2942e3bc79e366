"""Token buckets: how many messages a second a channel may be handed."""

import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from typing import TypeAlias

Rank: TypeAlias = tuple[int, ...]
"""The lower, the sooner."""


class Bucket:
    """Fills steadily up to what a second brings; without a rate it never runs out."""

    def __init__(
        self, per_s: float | None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_s, self._monotonic = per_s, monotonic
        self._most = inf if per_s is None else max(1.0, per_s)
        self._held, self._at = self._most, monotonic()
        self._waiting: list[Rank] = []

    def _fill(self) -> None:
        if self._per_s is not None:
            now = self._monotonic()
            self._held = min(self._most, self._held + (now - self._at) * self._per_s)
            self._at = now

    def take(self, wanted: int, rank: Rank = ()) -> int:
        """Take what is there, up to ``wanted``, and return how many it was.

        Nothing while somebody waits who goes first: a rate is soon used up by what is many.
        """
        if self._waiting and self._waiting[0] < rank:
            return 0
        self._fill()
        taken = int(min(wanted, self._held))
        self._held -= taken
        return taken

    @contextmanager
    def awaited(self, rank: Rank) -> Iterator[None]:
        """Keep what comes in for whoever waits inside the block, but for those who go first."""
        insort(self._waiting, rank)
        try:
            yield
        finally:
            del self._waiting[bisect_left(self._waiting, rank)]

    def wait_s(self, rank: Rank = ()) -> float:
        """Return the seconds until one can be taken, after each of those who go first took one."""
        self._fill()
        wanted = 1 + bisect_left(self._waiting, rank) - self._held
        return 0.0 if self._per_s is None else max(0.0, wanted / self._per_s)


def rates_of(text: str) -> Mapping[str, float]:
    """Return messages a second by channel, from ``webhook=500,inbox=2000``.

    Raises ValueError for anything else; the text is one line with the mend.
    """
    rates: dict[str, float] = {}
    for one in text.replace(" ", "").split(","):
        if not one:
            continue
        channel, _, rate = one.partition("=")
        try:
            rates[channel] = float(rate)
        except ValueError:
            rates[channel] = 0.0
        if not channel or not 0 < rates[channel] < inf:
            msg = f"{one!r} is no rate: write channel=messages a second, webhook=500"
            raise ValueError(msg)
    return rates
