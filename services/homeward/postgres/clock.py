"""The `Clock` port: the case clock is kept in the database, so that every process shows the same.

Between two measurements time runs on this machine's monotonic clock: setting the wall clock here
changes nothing. What becomes of it when the database's clock is set is docs/decisions/0014.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from homeward.ports import LogUnavailable
from homeward.postgres.bell import Bell
from homeward.postgres.database import Database

MEASURE_S: Final = 30.0
"""A quartz drifts 1-2 ms in that time."""
SAMPLES: Final = 3
"""The quickest answer of so many tells the offset best."""
COLUMNS: Final = ("read_at", "anchor_real", "anchor_case", "rate", "held_real", "held_case")
BACK_S_MAX: Final = 5.0
"""A new measurement that is behind by less holds the clock; by more, the database was set back."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The database's clocks as they were at a moment of our monotonic clock."""

    at_s: float
    real: datetime
    anchor_real: datetime
    anchor_case: datetime
    rate: float
    held_real: datetime | None = None
    held_case: datetime | None = None
    """The database's clock was set back: from here on it goes at half its speed, until that has
    caught up."""

    def real_at(self, at_s: float) -> datetime:
        """Return the database's time at a moment of the monotonic clock."""
        return self.real + timedelta(seconds=at_s - self.at_s)

    def case_at(self, real: datetime) -> datetime:
        """Return the case clock at a real time."""
        case = self.anchor_case + (real - self.anchor_real) * self.rate
        if self.held_real is None or self.held_case is None:
            return case
        return max(case, self.held_case + (real - self.held_real) * (self.rate / 2))

    def real_of(self, case: datetime) -> datetime:
        """Return the real time at which the case clock shows, or showed, a moment."""
        real = self.anchor_real + (case - self.anchor_case) / self.rate
        if self.held_real is None or self.held_case is None:
            return real
        return min(real, self.held_real + (case - self.held_case) / (self.rate / 2))


class DatabaseClock:
    """`Clock`: measured against the database, read without asking it."""

    def __init__(self, database: Database, bell: Bell, *, drill: bool) -> None:
        self._database, self._bell, self._drill = database, bell, drill
        self._reading: Reading | None = None
        self._last_real = self._last_case = datetime(1970, 1, 1, tzinfo=UTC)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Measure, and go on measuring until `stop`. Raises LogUnavailable."""
        await self.measure()
        self._task = asyncio.create_task(self._keep(), name="clock")

    async def stop(self) -> None:
        """Stop measuring."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @property
    def rate(self) -> float:
        """Case seconds for each real one."""
        return self._now().rate

    def now(self) -> datetime:
        case = self._now().case_at(self.real())
        self._last_case = _held(case, self._last_case)
        return self._last_case

    def real(self) -> datetime:
        real = self._now().real_at(time.monotonic())
        self._last_real = _held(real, self._last_real)
        return self._last_real

    def real_s_until(self, moment: datetime) -> float:
        return max(0.0, (self._now().real_of(moment) - self.real()).total_seconds())

    async def set_rate(self, rate: float) -> None:
        """Let the case clock run faster or slower from its present time on; only in a drill."""
        if not self._drill and rate != 1:
            raise ValueError("the case clock of a live world runs at rate 1")
        await self._database.run("clock_set_rate", rate)
        await self.measure()

    async def measure(self) -> None:
        """Measure the offset to the database's clock. Raises LogUnavailable."""
        best: tuple[float, Reading] | None = None
        for _ in range(SAMPLES):
            began = time.monotonic()
            row = await self._database.one("clock_read")
            took = time.monotonic() - began
            assert row is not None
            if best is None or took < best[0]:
                best = took, Reading(began + took / 2, *(row[name] for name in COLUMNS))
        assert best is not None
        self._reading = best[1]

    def _now(self) -> Reading:
        assert self._reading is not None, "start() first"
        return self._reading

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.event("clock").wait(), MEASURE_S)
            with contextlib.suppress(LogUnavailable):
                await self.measure()


def _held(moment: datetime, last: datetime) -> datetime:
    """Return a moment, or the last one while the moment is a little behind it."""
    return last if timedelta(0) < last - moment < timedelta(seconds=BACK_S_MAX) else moment
