"""Every port in memory: a disk that survives, and processes on it that may die at any call."""

from dataclasses import dataclass, field

from homeward.testing.memory.calls import Calls, Crashed, Fault, crash_at, unharmed
from homeward.testing.memory.hearing import HearingDisk, MemoryHearing
from homeward.testing.memory.inviting import InviteDisk, MemoryInvites
from homeward.testing.memory.keeping import (
    KeyDisk,
    MemoryClock,
    MemoryKeyRing,
    MemoryMeter,
    MemorySubjectKeys,
)
from homeward.testing.memory.leases import LeaseDisk, MemoryLeases, MemoryProcesses
from homeward.testing.memory.ledger import LedgerDisk, MemoryInbox, MemoryLedger
from homeward.testing.memory.log import LogDisk, MemoryFeed, MemoryLog, said
from homeward.testing.memory.protecting import MemoryProtected, ProtectedDisk
from homeward.testing.memory.published import MemoryPublished, PublishedDisk
from homeward.testing.memory.roster import MemoryRoster, RosterDisk
from homeward.testing.memory.workbench import BenchDisk, MemoryWorkbench

ORIGIN = "memory.homeward.test"


@dataclass(slots=True)
class Disk:
    """All that survives a crash."""

    log: LogDisk = field(default_factory=lambda: LogDisk(ORIGIN))
    bench: BenchDisk = field(default_factory=BenchDisk)
    ledger: LedgerDisk = field(default_factory=LedgerDisk)
    roster: RosterDisk = field(default_factory=RosterDisk)
    keys: KeyDisk = field(default_factory=KeyDisk)
    leases: LeaseDisk = field(default_factory=LeaseDisk)
    hearing: HearingDisk = field(default_factory=HearingDisk)
    published: PublishedDisk = field(default_factory=PublishedDisk)
    invites: InviteDisk = field(default_factory=InviteDisk)
    protected: ProtectedDisk = field(default_factory=ProtectedDisk)


class MemoryStore:
    """One process's ports over a disk; `restarted` gives the ports of the next process on it."""

    def __init__(
        self,
        disk: Disk | None = None,
        *,
        clock: MemoryClock | None = None,
        calls: Calls | None = None,
    ) -> None:
        self.disk = disk or Disk()
        self.clock = clock or MemoryClock()
        self.calls = calls or Calls()
        self.meter = MemoryMeter()
        self.key_ring = MemoryKeyRing()
        self.log = MemoryLog(self.disk.log, self.clock, self.calls)
        self.feed = MemoryFeed(self.disk.log)
        self.ledger = MemoryLedger(self.disk.ledger, self.disk.log, self.clock, self.calls)
        self.workbench = MemoryWorkbench(
            self.disk.bench, self.disk.log, self.disk.ledger, self.clock, self.calls
        )
        self.inbox = MemoryInbox(self.disk.ledger, self.calls)
        self.roster = MemoryRoster(self.disk.roster, self.calls)
        self.invites = MemoryInvites(self.disk.invites, self.roster, self.calls)
        self.protected = MemoryProtected(self.disk.protected, self.calls)
        self.subject_keys = MemorySubjectKeys(self.disk.keys, self.calls)
        self.leases = MemoryLeases(self.disk.leases, self.clock, self.calls)
        self.processes = MemoryProcesses(self.disk.leases, self.clock, self.calls)
        self.hearing = MemoryHearing(self.disk.hearing, self.clock, self.calls)
        self.published = MemoryPublished(self.disk.published, self.calls)

    def restarted(self, calls: Calls | None = None) -> "MemoryStore":
        """Return the ports of a new process on the same disk, under the same clock."""
        return MemoryStore(self.disk, clock=self.clock, calls=calls)


__all__ = [
    "ORIGIN",
    "Calls",
    "Crashed",
    "Disk",
    "Fault",
    "MemoryClock",
    "MemoryFeed",
    "MemoryHearing",
    "MemoryInbox",
    "MemoryKeyRing",
    "MemoryLeases",
    "MemoryLedger",
    "MemoryLog",
    "MemoryMeter",
    "MemoryProcesses",
    "MemoryPublished",
    "MemoryRoster",
    "MemoryStore",
    "MemorySubjectKeys",
    "MemoryWorkbench",
    "crash_at",
    "said",
    "unharmed",
]
