"""What came by the bell and what by a sweep, in memory."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from homeward.ports import By, HeardBy, Swept
from homeward.testing.memory.calls import Calls, port_call
from homeward.testing.memory.keeping import MemoryClock

SWEPT_KEPT: Final = 1_000


@dataclass(slots=True)
class HearingDisk:
    """What a crash leaves of the counts."""

    counts: dict[tuple[str, By], HeardBy] = field(default_factory=dict)
    swept: deque[Swept] = field(default_factory=lambda: deque(maxlen=SWEPT_KEPT))
    """Newest first."""


class MemoryHearing:
    """`Hearing`: counts, and the newest thousand of what was swept."""

    def __init__(self, disk: HearingDisk, clock: MemoryClock, calls: Calls) -> None:
        self.disk, self.clock, self.calls = disk, clock, calls

    @port_call
    async def note(
        self, heard: Mapping[tuple[str, By], int], swept: Collection[Swept] = ()
    ) -> None:
        for (consumer, by), facts in heard.items():
            known = self.disk.counts.get((consumer, by))
            before = known.facts if known else 0
            now = self.clock.real()
            self.disk.counts[consumer, by] = HeardBy(consumer, by, before + facts, now)
        self.disk.swept.extendleft(swept)

    @port_call
    async def counts(self) -> Sequence[HeardBy]:
        return [self.disk.counts[at] for at in sorted(self.disk.counts)]

    @port_call
    async def swept(self, limit: int = 100) -> Sequence[Swept]:
        return list(islice(self.disk.swept, limit))
