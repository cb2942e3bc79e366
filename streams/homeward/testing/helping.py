"""More of the samples: helpers who are asked to come, strangers who saw somebody, a suspect."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeward.facts.asking import (
    AskingChanged,
    AskingClosed,
    AskingOpened,
    RoundOrdered,
    RoundsFilled,
    RoundsOver,
)
from homeward.facts.case import SuspectNoted
from homeward.facts.poster import PosterClosed, PosterOpened
from homeward.messages import Fact
from homeward.testing.given import ORIGIN
from homeward.words import Relation, derived_id


def helping(case: str, draft: str, at: Callable[[int], datetime]) -> tuple[Fact, ...]:
    """Return them; ``at`` counts minutes from noon of the invented day."""
    about: dict[str, Any] = {"case": case, "asking": derived_id(ORIGIN, "asking", "sample")}
    alert: dict[str, Any] = {"alert": 1, "version": 1}
    poster = derived_id(ORIGIN, "poster", "sample")
    kept: dict[str, Any] = {"texts_of": draft, "spared": b"v-00017\nv-00231"}
    return (
        AskingOpened(
            **about, **alert, at=at(40), quota=10, needed_by=at(130), people_max=5_000, within_km=30
        ),
        RoundOrdered(
            **about,
            **alert,
            at=at(40),
            round=0,
            people=40,
            shares=(20, 20),
            within_km=30,
            needed_by=at(130),
            texts_of=draft,
            spared=b"v-00017",
        ),
        RoundsFilled(**about, **alert, **kept, at=at(52), asked=88, coming=13),
        AskingClosed(**about, at=at(70)),
        RoundsOver(**about, **alert, **kept, at=at(70), reason="closed", asked=88),
        PosterOpened(case=case, at=at(41), poster=poster),
        PosterClosed(case=case, at=at(80), poster=poster),
        AskingChanged(**about, at=at(50), quota=20),
        SuspectNoted(
            case=case,
            at=at(25),
            suspect="about 40, black cap",
            relation=Relation.STRANGER,
            vehicle="grey van",
            licence_plate="皖X·00000",
        ),
    )
