"""How volunteers come in: by whose invite, and who accepted them; stream ``access-invites``.

Who they are is no fact: an id, of which nothing is left once its owner is forgotten.
"""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact
from homeward.words import Id, Instant, RecipientId, Tier


class InviteMade(Fact):
    """An organisation made a link by which so many people may join until a moment."""

    kind: Literal["access.invite-made/1"] = "access.invite-made/1"
    invite: Id
    expires_at: Instant
    """On the real clock, as everything that lets somebody in."""
    uses: Annotated[int, Field(ge=1)]


class InviteRevoked(Fact):
    """Nobody joins by a link any more; who joined before still waits."""

    kind: Literal["access.invite-revoked/1"] = "access.invite-revoked/1"
    invite: Id


class VolunteerAccepted(Fact):
    """An organisation lets somebody hear who joined by its link."""

    kind: Literal["access.volunteer-accepted/1"] = "access.volunteer-accepted/1"
    recipient: RecipientId
    tier: Tier


class VolunteerDeclined(Fact):
    """An organisation does not let somebody hear; all that was kept of them is deleted."""

    kind: Literal["access.volunteer-declined/1"] = "access.volunteer-declined/1"
    recipient: RecipientId
