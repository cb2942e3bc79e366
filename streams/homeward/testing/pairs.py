"""More of the samples: facts about two cases of one person, and two persons of one case."""

from collections.abc import Callable
from datetime import datetime

from homeward.facts.access import LikenessesShown
from homeward.facts.merging import (
    CaseJoined,
    CaseLeft,
    CaseMerged,
    CaseParted,
    JoinedCase,
    JoinedSource,
)
from homeward.facts.persons import PersonAdded, PersonFound, PersonMissed
from homeward.messages import Fact
from homeward.words import AgeBand, Description, Mode, Outcome, Sex


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
        CaseParted(
            case=case, at=at(62), of=other, unverified=False, waiting=False, alert=1, version=1
        ),
        CaseLeft(case=case, at=at(62), left=other, cases=(other,), forgotten=(source,)),
        PersonAdded(
            case=case,
            at=at(59),
            person=2,
            age_band=AgeBand.CHILD,
            sex=Sex.FEMALE,
            description=Description(
                name="林小苗", age_years=8, sex=Sex.FEMALE, clothing="红色书包", marks="缺一颗门牙"
            ),
        ),
        PersonFound(case=case, at=at(60), person=2, outcome=Outcome.FOUND_SAFE, helped_by=(other,)),
        PersonMissed(case=case, at=at(61), person=2),
    )
