"""Whether somebody was ever told of an alert, without reading an alert's whole ledger each time.

Whoever was told stays told, so what was read once holds for ever; a question that this does not
answer reads only what was leased since.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from pyroaring import BitMap

from homeward.ports import Ledger

ALERTS_MAX: Final = 64
"""The alert asked about longest ago is read anew; a nation's is about a megabyte."""


@dataclass(slots=True)
class _Alert:
    """Who is known to be told of one alert, and which chunks that is from."""

    people: BitMap = field(default_factory=BitMap)
    places: set[int] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Questions that come together wait for one reading."""
    reads: int = 0


@dataclass(slots=True)
class Tellings:
    """One process's memory of who was told."""

    ledger: Ledger
    _alerts: OrderedDict[tuple[str, int], _Alert] = field(default_factory=OrderedDict)

    async def includes(self, case: str, alert: int, ordinal: int) -> bool:
        """Whether a hand-over to somebody was ever begun. Raises LogUnavailable."""
        known = self._alerts.setdefault((case, alert), _Alert())
        self._alerts.move_to_end((case, alert))
        while len(self._alerts) > ALERTS_MAX:
            self._alerts.popitem(last=False)
        if ordinal in known.people:
            return True
        asked_at = known.reads
        async with known.turn:
            # A reading that began after we asked answers us, too; the one under way does not.
            if ordinal not in known.people and known.reads <= asked_at + 1:
                await self._read_on(case, alert, known)
        return ordinal in known.people

    async def _read_on(self, case: str, alert: int, known: _Alert) -> None:
        fresh = await self.ledger.leased_beyond(case, alert, known.places)
        for place, raw in fresh:
            known.people |= BitMap.deserialize(raw)
            known.places.add(place)
        known.reads += 1
