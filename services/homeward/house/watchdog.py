"""Looks at the house every other second: sets the gauges, and alarms when a hub cannot be told."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

import structlog

from homeward.facts.hub import HubUnreachable
from homeward.house.opening import House
from homeward.ports import LogUnavailable
from homeward.record.envelope import read

EVERY_S: Final = 2.0
ROWS_MAX: Final = 1_000
LEDGER_GAUGES: Final = {
    "open_chunks": "homeward_open_chunks",
    "open_people": "homeward_open_people",
    "oldest_s": "homeward_oldest_open_seconds",
}
UNREACHABLE: Final = frozenset({str(HubUnreachable.model_fields["kind"].default)})

log = structlog.get_logger("homeward")


@dataclass(slots=True)
class Watchdog:
    """One process's watchdog; it alarms of what was said since it began."""

    house: House
    seen: int = -1
    """Size of the log up to which unreachable hubs were alarmed."""

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop; an outage of the store is waited out."""
        while not stop.is_set():
            with contextlib.suppress(LogUnavailable):
                await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_S)

    async def look(self) -> None:
        """Set every gauge and raise every alarm that is due."""
        store, meter = self.house.store, self.house.meter
        size = await store.log.size()
        meter.gauge("homeward_log_size", size)
        meter.gauge("homeward_parked_keys", len(await store.workbench.parked()))
        for consumer, heard in self.house.heard.items():
            meter.gauge("homeward_unheard_facts", max(0, size - heard), consumer=consumer)
        trouble = await store.ledger.trouble()
        for name, gauge in LEDGER_GAUGES.items():
            meter.gauge(gauge, trouble[name])
        for kind, count in (await store.roster.count()).items():
            meter.gauge("homeward_recipients", count, kind=kind.value)
        await self._alarm(size)

    async def _alarm(self, size: int) -> None:
        """Say which hubs ahead nobody can tell: somebody has to call them."""
        self.seen = size if self.seen < 0 else self.seen
        while self.seen < size:
            rows = await self.house.store.log.rows(
                self.seen - 1, size - 1, kinds=UNREACHABLE, limit=ROWS_MAX
            )
            for row in rows:
                fact = read(row).fact
                assert isinstance(fact, HubUnreachable)
                log.error("hub unreachable", case=fact.case, hub=fact.hub, eta_s=fact.eta_s)
                self.house.meter.count("homeward_unreachable_hubs_total")
            self.seen = rows[-1].log_index + 1 if len(rows) == ROWS_MAX else size
