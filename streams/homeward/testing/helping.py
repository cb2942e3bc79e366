"""More of the samples: helpers who are asked to come, and strangers who saw somebody."""

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
from homeward.facts.poster import PosterClosed, PosterOpened
from homeward.messages import Fact
from homeward.testing.given import ORIGIN
from homeward.words import derived_id


def helping(case: str, draft: str, at: Callable[[int], datetime]) -> tuple[Fact, ...]:
    """Return them; ``at`` counts minutes from noon of the invented day."""
    about: dict[str, Any] = {"case": case, "asking": derived_id(ORIGIN, "asking", "sample")}
    alert: dict[str, Any] = {"alert": 1, "version": 1}
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
    )


def later(case: str, at: Callable[[int], datetime]) -> tuple[Fact, ...]:
    """Return a public link, published and taken back, and an asking for more."""
    name = derived_id(ORIGIN, "poster", "sample")
    asking = derived_id(ORIGIN, "asking", "sample")
    return (
        PosterOpened(case=case, at=at(41), poster=name),
        PosterClosed(case=case, at=at(80), poster=name),
        AskingChanged(case=case, at=at(50), asking=asking, quota=20),
    )
