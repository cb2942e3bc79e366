"""What a case's page shows of helpers who are asked to come, and of its public link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeward.http.askings import BY_MIN, AskingOut, list_askings
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, may
from homeward.http.pages.moments import moment, people
from homeward.http.posters import link_of
from homeward.http.rooms import Rooms
from homeward.policies.asking import QUOTA_MAX, WITHIN_KM
from homeward.timeline import CaseView

SHOWN_MAX: Final = 3
"""The newest askings of a case; the timeline has all."""
MINUTES: Final = (30, 60, 90, 120, 180, 360, 720)
BEGINS: Final = {"quota": "10", "by_min": str(BY_MIN), "within_km": str(WITHIN_KM)}
"""As most are asked for."""
COUNTED: Final = (
    *("coming", "on_the_way", "arrived", "checked_in"),
    *("checked_out", "later", "declined"),
)


@dataclass(frozen=True, slots=True)
class AskingLine:
    """One asking, in words."""

    id: str
    open: bool
    quota: int
    head: str
    state: str
    counts: Sequence[tuple[str, str]]
    """What was answered and by how many; who was asked and is silent in spans (I-17)."""


def published(rooms: Rooms, door: Door, view: CaseView) -> dict[str, Any]:
    """Return the public link of a case, for who may publish it, and whether they may now."""
    if not may(door, Action.POSTER):
        return {"poster_link": None, "publishes": False}
    link = link_of(rooms, door, door.recorded)
    live = view.alert is not None and view.alert.state == "live"
    return {"poster_link": link, "publishes": live and link is None}


async def asked_for(rooms: Rooms, door: Door, view: CaseView, lang: str) -> dict[str, Any]:
    """Return what a case's page shows of its askings, and whether helpers may be asked for."""
    if not may(door, Action.LIST_ASKINGS):
        return {"askings": [], "asks": False, "asking": BEGINS, "asking_min": [], "quota_max": 0}
    d, found = WORDS[lang], (await list_askings(rooms, door)).items
    live = view.alert is not None and view.alert.state == "live"
    # In its last minutes an asking may be over by the clock and have no word of its end yet.
    open_ = any(one.over_for is None for one in found)
    return {
        "askings": [_line(one, door, lang) for one in found[: -SHOWN_MAX - 1 : -1]],
        "asks": live and not open_ and may(door, Action.ASK),
        "asking": BEGINS,
        "asking_min": [(str(one), d["minutes"].format(minutes=one)) for one in MINUTES],
        "quota_max": QUOTA_MAX,
    }


def _line(one: AskingOut, door: Door, lang: str) -> AskingLine:
    d, until = WORDS[lang], moment(datetime.fromisoformat(one.needed_by), lang)
    head = d["asking-head"].format(quota=one.quota, at=until, km=one.within_km)
    state = f"asking-over-{one.over_for}" if one.over_for else f"asking-{one.state}"
    asked, silent = (people(str(of), lang) for of in (one.asked, one.silent))
    answers = [(d[f"asking-{name}"], str(getattr(one, name))) for name in COUNTED]
    return AskingLine(
        id=one.asking,
        open=one.over_for is None and may(door, Action.ASK),
        quota=one.quota,
        head=head,
        state=d[state],
        counts=[(d["asking-asked"], asked), (d["asking-silent"], silent), *answers],
    )
