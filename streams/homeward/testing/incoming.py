"""More of the samples: how an invented volunteer came in."""

from collections.abc import Callable
from datetime import datetime

from homeward.facts.joining import InviteMade, InviteRevoked, VolunteerAccepted, VolunteerDeclined
from homeward.messages import Fact
from homeward.words import Tier


def incoming(
    invite: str, recipients: tuple[str, str], at: Callable[[int], datetime]
) -> tuple[Fact, ...]:
    """Return them; ``at`` counts minutes from noon of the invented day."""
    first, second = recipients
    return (
        InviteMade(at=at(-90), invite=invite, expires_at=at(7 * 24 * 60), uses=20),
        VolunteerAccepted(at=at(-80), recipient=first, tier=Tier.VETTED),
        VolunteerDeclined(at=at(-79), recipient=second),
        InviteRevoked(at=at(-70), invite=invite),
    )
