"""Leases and the register of processes in memory, by the clock's real time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from homeward.ports import Process
from homeward.testing.memory.calls import Calls, port_call
from homeward.testing.memory.keeping import MemoryClock

FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds it, for how long it was asked, until when."""

    holder: str
    for_s: float
    until: datetime

    def runs(self, now: datetime) -> bool:
        """Return whether it has not run out; made before the clock was set back, it has."""
        return now < self.until <= now + timedelta(seconds=self.for_s)


@dataclass(slots=True)
class LeaseDisk:
    """What a crash leaves of leases and processes."""

    leases: dict[str, Lease] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)


class MemoryLeases:
    """`Leases` by the clock's real time."""

    def __init__(self, disk: LeaseDisk, clock: MemoryClock, calls: Calls) -> None:
        self.disk, self.clock, self.calls = disk, clock, calls

    @port_call
    async def take(self, name: str, holder: str, for_s: float, *, force: bool = False) -> bool:
        now, one = self.clock.real(), self.disk.leases.get(name)
        if one is not None and one.holder != holder and one.runs(now) and not force:
            return False
        self.disk.leases[name] = Lease(holder, for_s, now + timedelta(seconds=for_s))
        return True

    @port_call
    async def let_go(self, name: str, holder: str) -> None:
        one = self.disk.leases.get(name)
        if one is not None and one.holder == holder:
            del self.disk.leases[name]

    @port_call
    async def held(self) -> Mapping[str, str]:
        now = self.clock.real()
        found = sorted(self.disk.leases.items())
        return {name: one.holder for name, one in found if one.runs(now)}


class MemoryProcesses:
    """`Processes` by the clock's real time."""

    def __init__(self, disk: LeaseDisk, clock: MemoryClock, calls: Calls) -> None:
        self.disk, self.clock, self.calls = disk, clock, calls

    @port_call
    async def sign_in(self, id: str, role: str, host: str, pid: int) -> None:  # noqa: A002 -- the port's name
        now, kept = self.clock.real(), self.disk.processes
        gone = [one.id for one in kept.values() if one.seen_at < now - FORGOTTEN]
        for old in gone:
            del kept[old]
        known = kept.get(id)
        kept[id] = Process(id, role, host, pid, known.started_at if known else now, now)

    @port_call
    async def seen(self, id: str) -> bool:  # noqa: A002 -- the port's name
        known = self.disk.processes.get(id)
        if known is not None:
            self.disk.processes[id] = replace(known, seen_at=self.clock.real())
        return known is not None

    @port_call
    async def sign_out(self, id: str) -> None:  # noqa: A002 -- the port's name
        self.disk.processes.pop(id, None)

    @port_call
    async def signed_in(self, within_s: float = 10.0) -> Sequence[Process]:
        now, within = self.clock.real(), timedelta(seconds=within_s)
        found = [one for one in self.disk.processes.values() if abs(now - one.seen_at) <= within]
        return sorted(found, key=lambda one: (one.role, one.started_at, one.id))
