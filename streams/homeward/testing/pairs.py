"""More of the samples: one of every fact about two cases of one person."""

from collections.abc import Callable
from datetime import datetime

from homeward.facts.access import LikenessesShown
from homeward.facts.merging import CaseJoined, CaseMerged, JoinedCase, JoinedSource
from homeward.messages import Fact
from homeward.words import Mode


def pairs(
    case: str, other: str, cell: str, hubs: bytes, at: Callable[[int], datetime]
) -> tuple[Fact, ...]:
    """Return them; ``at`` counts minutes from noon of the invented day."""
    source = JoinedSource(
        cell=cell, seen_at=at(40), accuracy_m=200, mode=Mode.FOOT, credibility_ppm=800_000
    )
    return (
        LikenessesShown(case=case, at=at(57), found=(other,)),
        CaseMerged(case=case, at=at(58), into=other, alert=1, version=1, hubs=("station-1",)),
        CaseJoined(
            case=case,
            at=at(58),
            joined=other,
            cases=(JoinedCase(case=other, alert=1, reporter="reporter-2"),),
            sources=(source,),
            hubs=hubs,
        ),
    )
