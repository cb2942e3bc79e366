"""Counts how facts came to whom, and writes it down for the operator now and then."""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from homeward.hosts.turn import HeardOf
from homeward.ports import By, Hearing, LogUnavailable, Meter, Swept

EVERY_S: Final = 2.0
SWEPT_MAX: Final = 1_000
"""As many as are kept."""
LAST_S: Final = 1.0


@dataclass(slots=True)
class HeardNotes:
    """One process's counts until they are written down."""

    hearing: Hearing
    meter: Meter
    real: Callable[[], datetime]
    _counts: Counter[tuple[str, By]] = field(default_factory=Counter)
    _swept: deque[Swept] = field(default_factory=lambda: deque(maxlen=SWEPT_MAX))

    def heard(self, consumer: str, by: By, facts: int) -> None:
        """Count facts that a consumer really heard."""
        if facts:
            self.meter.count("homeward_facts_heard_total", facts, consumer=consumer, by=by.value)
            self._counts[consumer, by] += facts

    def swept(self, consumer: str, by: By, turns: Sequence[HeardOf]) -> None:
        """Count what a sweep let a consumer hear, and keep what nobody had rung for."""
        self.heard(consumer, by, sum(one.facts for one in turns))
        if by is By.SWEEP:
            at = self.real()
            self._swept.extend(Swept(consumer, one.key, one.after, one.upto, at) for one in turns)

    async def once(self) -> None:
        """Write down what was counted since the last time. Raises LogUnavailable."""
        counts, swept = self._counts, list(self._swept)
        if not counts:
            return
        self._counts = Counter()
        self._swept.clear()
        try:
            await self.hearing.note(counts, swept)
        except LogUnavailable:
            self._counts.update(counts)
            self._swept.extendleft(reversed(swept))
            raise

    async def run(self, stop: asyncio.Event) -> None:
        """Write down until told to stop. Raises LogUnavailable, and is called again."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_S)
            if not stop.is_set():
                await self.once()
        with contextlib.suppress(LogUnavailable, TimeoutError):
            async with asyncio.timeout(LAST_S):
                await self.once()
