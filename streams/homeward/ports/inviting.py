"""Links by which volunteers join, and who waits until an organisation accepts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from homeward.words import Tier


@dataclass(frozen=True, slots=True)
class Invite:
    """A link of an organisation, good for so many people until a moment (of the real clock)."""

    id: str
    org: str
    made_by: str
    """The account."""
    expires_at: datetime
    uses: int
    """So many people may join by it."""
    used: int = 0
    """So many joined, whatever became of them."""
    revoked: bool = False

    def is_open(self, now: datetime) -> bool:
        """Return whether somebody may still join by it."""
        return not self.revoked and now < self.expires_at and self.used < self.uses


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who joined and hears nothing yet."""

    recipient: str
    invite: str
    joined_at: datetime
    lang: str


class Joined(StrEnum):
    """What became of a wish to join."""

    JOINED = "joined"
    AGAIN = "again"
    """The same recipient joined by it before: nothing was counted."""
    CLOSED = "closed"
    """Unknown, revoked, expired or used up."""


class Invites(Protocol):
    """Invites and joins. Each call is one transaction; all raise LogUnavailable."""

    async def make(self, invite: Invite) -> None:
        """Keep an invite; made twice it is one."""
        ...

    async def get(self, invite: str) -> Invite | None:
        """Return one by id."""
        ...

    async def of(self, org: str) -> Sequence[Invite]:
        """Return an organisation's, those that expire last first, at most 200."""
        ...

    async def revoke(self, invite: str, org: str) -> bool:
        """Let nobody join by an organisation's invite any more; False: it has none such."""
        ...

    async def join(self, invite: str, recipient: str, now: datetime) -> Joined:
        """Take one use for a recipient, who is registered afterwards, and not active.

        Of those who come at once no more join than the invite has uses.
        """
        ...

    async def waiting(self, org: str, limit: int) -> Sequence[Waiting]:
        """Return who is registered and waits for an organisation, the longest first."""
        ...

    async def waits_for(self, recipient: str) -> str | None:
        """Return the organisation that a registered recipient waits for; None: for none."""
        ...

    async def accept(self, recipient: str, org: str, tier: Tier) -> bool:
        """Make who waits for an organisation active, with the lane's next revision.

        False: nobody such waits for it.
        """
        ...

    async def decline(self, recipient: str, org: str) -> bool:
        """Forget who waits for an organisation; False: nobody such waits for it."""
        ...


__all__ = ["Invite", "Invites", "Joined", "Waiting"]
