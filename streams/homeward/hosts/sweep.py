"""Finds facts that a consumer has not heard, and lets it hear them, whoever should have rung."""

from dataclasses import dataclass
from typing import Final

from homeward.hosts.consumer import Consumer
from homeward.hosts.turn import Bench, hear

SWEEP_ROWS_MAX: Final = 500
"""Facts heard at once: a turn of this size commits in some 50 ms, so no key waits long."""


@dataclass(slots=True)
class Sweeper:
    """One consumer's sweep: below ``low`` everything was heard or parked."""

    bench: Bench
    consumer: Consumer
    low: int = -1
    kept: int = -1

    async def sweep(self, upto: int) -> int:
        """Hear every fact with log_index < ``upto`` that is not heard; return how many rang.

        Raises LogUnavailable; the next call goes on where this one stopped.
        """
        if self.low < 0:
            _, self.low = await self.bench.workbench.start(self.consumer.name)
            self.kept = self.low
        rang = 0
        while self.low < upto:
            rows = await self.bench.log.rows(
                self.low - 1,
                upto - 1,
                kinds=self.consumer.hears,
                limit=SWEEP_ROWS_MAX,
            )
            await hear(self.bench, self.consumer, rows)
            rang += len(rows)
            self.low = rows[-1].log_index + 1 if len(rows) == SWEEP_ROWS_MAX else upto
        return rang

    async def keep(self) -> None:
        """Keep ``low``, so that a restart need not look so far back."""
        if self.low > self.kept:
            await self.bench.workbench.raise_low(self.consumer.name, self.low)
            self.kept = self.low
