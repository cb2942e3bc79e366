"""Small maps inside pages: what a parent and a hub may see, and nothing else (SAFETY I-20)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from homeward.facts.case import CaseRaised
from homeward.formats.mapsvg import svg
from homeward.formats.sheets import coming_sheet, direction, place_sheet
from homeward.geography.sphere import centre_deg, distance_m
from homeward.http.pages.landmarks import landmarks
from homeward.messages import Recorded
from homeward.picture.field import focus_of

NEAR_M: Final = 3_000.0
"""So near to where somebody was seen a hub is told no direction: they may come from any."""
SEATS: Final = 12


def of_reporter(raised: CaseRaised, lang: str) -> str:
    """Return the map of a report: the place last seen as it was reported, and seats around it.

    It is made of the report alone, so it cannot show what happened since.
    """
    around = landmarks(raised.last_seen_cell, SEATS)
    return svg(place_sheet(raised.last_seen_cell, raised.error_m, lang, around))


def of_hub(facts: Sequence[Recorded], hub_cell: str, window: str, lang: str, at: datetime) -> str:
    """Return the map of a watch: the hub, its window and one of eight directions; "": none."""
    focus = focus_of(facts, at)
    if focus is None or distance_m(*centre_deg(focus), *centre_deg(hub_cell)) < NEAR_M:
        return ""
    return svg(coming_sheet(hub_cell, direction(hub_cell, focus), window, lang))
