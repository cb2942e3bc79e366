"""Looks at the house every other second: sets gauges, counts people, alarms.

It alarms when a hub cannot be told; what it counts is what the log says.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Final

import structlog

from homeward.desk import Triage
from homeward.facts.hub import HubUnreachable
from homeward.house.opening import House
from homeward.house.tally import KINDS, Tally
from homeward.ports import LogUnavailable
from homeward.record.envelope import read
from homeward.words import RecipientKind

EVERY_S: Final = 2.0
ROWS_MAX: Final = 1_000
LEDGER_GAUGES: Final = {
    "open_chunks": "homeward_open_chunks",
    "open_people": "homeward_open_people",
    "oldest_s": "homeward_oldest_open_seconds",
}
QUEUES: Final = {"urgent_s": "over", "hubs_s": "hubs", "people_s": "everybody"}
SIGHTINGS: Final = ("homeward_sightings_waiting", "homeward_oldest_sighting_seconds")
HEARD: Final = KINDS | {str(HubUnreachable.model_fields["kind"].default)}

log = structlog.get_logger("homeward")


@dataclass(slots=True)
class Watchdog:
    """One process's watchdog; it alarms of what was said since it began."""

    house: House
    seen: int = -1
    """Size of the log up to which facts were heard."""
    tally: Tally = field(init=False)
    triage: Triage = field(init=False)

    def __post_init__(self) -> None:
        """Count for the house."""
        self.tally = Tally(self.house.meter)
        self.triage = Triage(self.house.store.log)

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
        for name, queue in QUEUES.items():
            meter.gauge("homeward_queue_oldest_seconds", trouble[name], queue=queue)
        for kind, count in (await store.roster.count()).items():
            meter.gauge("homeward_recipients", count, kind=kind.value)
        await self._triage()
        await self._hear(size)

    def rest(self) -> None:
        """Show nothing more: another process watches, and these figures would stand still."""
        meter = self.house.meter
        for gauge in ("homeward_log_size", "homeward_parked_keys", *LEDGER_GAUGES.values()):
            meter.gauge(gauge, 0)
        for gauge in SIGHTINGS:
            meter.gauge(gauge, 0)
        for queue in QUEUES.values():
            meter.gauge("homeward_queue_oldest_seconds", 0, queue=queue)
        for kind in RecipientKind:
            meter.gauge("homeward_recipients", 0, kind=kind.value)

    async def _triage(self) -> None:
        """Say how long sightings wait for somebody to decide about them."""
        waiting = (await self.triage.board()).waiting()
        told = [one.reported.at for one in waiting if one.in_time]
        age_s = (self.house.store.clock.now() - min(told)).total_seconds() if told else 0.0
        for gauge, value in zip(SIGHTINGS, (len(waiting), max(age_s, 0.0)), strict=True):
            self.house.meter.gauge(gauge, value)

    async def _hear(self, size: int) -> None:
        """Count, and say which hubs ahead nobody can tell: somebody has to call them."""
        self.seen = size if self.seen < 0 else self.seen
        while self.seen < size:
            rows = await self.house.store.log.rows(
                self.seen - 1, size - 1, kinds=HEARD, limit=ROWS_MAX
            )
            for row in rows:
                heard = read(row)
                self.tally.hear(heard)
                fact = heard.fact
                if isinstance(fact, HubUnreachable):
                    log.error("hub unreachable", case=fact.case, hub=fact.hub, eta_s=fact.eta_s)
                    self.house.meter.count("homeward_unreachable_hubs_total")
            self.seen = rows[-1].log_index + 1 if len(rows) == ROWS_MAX else size
