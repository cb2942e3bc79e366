"""Invites in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from homeward.ports.inviting import Invite, Joined, Waiting
from homeward.testing.memory.calls import Calls, port_call
from homeward.testing.memory.roster import MemoryRoster
from homeward.words import Tier


@dataclass(slots=True)
class InviteDisk:
    """Invites, and who joined by which and when."""

    invites: dict[str, Invite] = field(default_factory=dict)
    joins: dict[str, tuple[str, datetime]] = field(default_factory=dict)


class MemoryInvites:
    """`Invites` beside a roster."""

    def __init__(self, disk: InviteDisk, roster: MemoryRoster, calls: Calls) -> None:
        self.disk, self.roster, self.calls = disk, roster, calls

    @port_call
    async def make(self, invite: Invite) -> None:
        self.disk.invites.setdefault(invite.id, invite)

    @port_call
    async def get(self, invite: str) -> Invite | None:
        return self.disk.invites.get(invite)

    @port_call
    async def of(self, org: str) -> Sequence[Invite]:
        found = [one for one in self.disk.invites.values() if one.org == org]
        return sorted(found, key=lambda one: (one.expires_at, one.id), reverse=True)[:200]

    @port_call
    async def revoke(self, invite: str, org: str) -> bool:
        found = self.disk.invites.get(invite)
        if found is None or found.org != org:
            return False
        self.disk.invites[invite] = replace(found, revoked=True)
        return True

    @port_call
    async def join(self, invite: str, recipient: str, now: datetime) -> Joined:
        found = self.disk.invites.get(invite)
        if self.disk.joins.get(recipient, ("",))[0] == invite:
            return Joined.AGAIN
        if found is None or not found.is_open(now):
            return Joined.CLOSED
        self.disk.joins[recipient] = invite, now
        self.disk.invites[invite] = replace(found, used=found.used + 1)
        return Joined.JOINED

    @port_call
    async def waiting(self, org: str, limit: int) -> Sequence[Waiting]:
        found = []
        for name, (invite, joined_at) in self.disk.joins.items():
            if self._waits_for(name) == org:
                lang = self.roster.disk.registered[name].recipient.lang
                found.append(Waiting(name, invite, joined_at, lang))
        return sorted(found, key=lambda one: (one.joined_at, one.recipient))[:limit]

    @port_call
    async def waits_for(self, recipient: str) -> str | None:
        return self._waits_for(recipient)

    def _waits_for(self, recipient: str) -> str | None:
        known = self.roster.disk.registered.get(recipient)
        if recipient not in self.disk.joins or known is None or known.recipient.active:
            return None
        return self.disk.invites[self.disk.joins[recipient][0]].org

    @port_call
    async def accept(self, recipient: str, org: str, tier: Tier) -> bool:
        if self._waits_for(recipient) != org:
            return False
        self.roster.activate(recipient, tier)
        del self.disk.joins[recipient]
        return True

    @port_call
    async def decline(self, recipient: str, org: str) -> bool:
        if self._waits_for(recipient) != org:
            return False
        self.roster.drop(recipient)
        del self.disk.joins[recipient]
        return True
