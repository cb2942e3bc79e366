"""More of the samples: how invented volunteers came in, and what they heard of first."""

from collections.abc import Callable
from datetime import datetime

from homeward.facts.joining import InviteMade, InviteRevoked, VolunteerAccepted, VolunteerDeclined
from homeward.facts.ringzero import RingZeroAsked
from homeward.messages import Fact
from homeward.words import AgeBand, Category, HubOnDuty, Sex, Tier


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


def ring_zero(
    case: str, area: tuple[str, bytes], hub: str, seen_at: datetime, at: Callable[[int], datetime]
) -> RingZeroAsked:
    """Return that a report was told unverified; ``area`` is its middle and its cells."""
    focus, cells = area
    return RingZeroAsked(
        case=case,
        at=at(23),
        category=Category.STRANGER_ABDUCTION,
        age_band=AgeBand.SMALL,
        sex=Sex.FEMALE,
        last_seen_at=seen_at,
        focus=focus,
        radius_m=1_600,
        people_max=200,
        expires_at=at(23 + 120),
        hubs=(HubOnDuty(hub=hub, contact=1),),
        cell_count=len(cells) // 8,
        cells=cells,
    )
