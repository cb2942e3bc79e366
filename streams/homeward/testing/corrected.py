"""More of the samples: one of every fact that corrects a report, or proposes to."""

from collections.abc import Callable
from datetime import datetime

from homeward.facts.correcting import (
    FactsProposed,
    LastSeenCorrected,
    ProposalAccepted,
    ProposalRefused,
)
from homeward.messages import Fact
from homeward.words import Category, Mode, Place


def corrected(
    case: str,
    proposals: tuple[str, str],
    where: tuple[str, Place],
    hubs: bytes,
    at: Callable[[int], datetime],
) -> tuple[Fact, ...]:
    """Return them; ``at`` counts minutes from noon of the invented day."""
    cell, place = where
    return (
        FactsProposed(
            case=case,
            at=at(44),
            category=Category.FAMILY_ABDUCTION,
            mode=Mode.RAIL,
            note="Her uncle bought two tickets",
        ),
        ProposalAccepted(
            case=case,
            at=at(46),
            proposal=proposals[0],
            category=Category.FAMILY_ABDUCTION,
            mode=Mode.RAIL,
        ),
        ProposalRefused(case=case, at=at(47), proposal=proposals[1]),
        LastSeenCorrected(
            case=case,
            at=at(48),
            cell=cell,
            seen_at=at(-10),
            error_m=60,
            place=place,
            place_text="at the gate of the kindergarten",
            hubs=hubs,
        ),
    )
