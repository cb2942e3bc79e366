"""What each map shows to whom: a field, a course, a place last seen, a hub's direction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import Final

import numpy as np

from homeward.formats.catalogues import LANGS, Phrases
from homeward.formats.mapsvg import Area, Mark, Sheet
from homeward.formats.subjects import CHINA
from homeward.geography.cells import Cells
from homeward.geography.hubbook import Hub
from homeward.geography.sphere import centre_deg, compass, distance_m, unit_of
from homeward.picture.course import RECORDED, Course
from homeward.picture.field import CaseField, HubAhead
from homeward.words import case_code

PHRASES: Final[Mapping[str, Phrases]] = {
    lang: Phrases("pages", lang, under="map-") for lang in LANGS
}
LIKELY: Final = ("#b30000", "#fc8d59", "#fdd49e")
"""Of the bands, likeliest first; told apart in grey, too."""
BY_TIME: Final = ("#084081", "#2b8cbe", "#7bccc4", "#ccebc5")
"""Of waves, the first ones first."""
TOLD: Final = "#0b57d0"
HUB: Final = "#4a148c"
UNTOLD: Final = "#c2185b"
OLD: Final = "#777777"
GREYS: Final = ("#555555", "#999999")
UNWATCHED: Final = frozenset({"", "unreachable", "ordered", "lapsed", "released", "stood-down"})
"""How a watch stands when nobody has said that they are watching."""
HUBS_DRAWN: Final = 200
SMALL_PX: Final = 320


def field_sheet(
    found: CaseField,
    lang: str = "en",
    *,
    names: Mapping[str, str] | None = None,
    context: Sequence[Mark] = (),
    zone: tzinfo = CHINA,
) -> Sheet:
    """Return the map of a field; ``names`` of hubs by id, ``context`` places people know."""
    t, lat_lon = PHRASES[lang], centre_deg(found.focus)
    bands = [
        Area(cells, t["band"].format(percent=percent), colour)
        for (percent, cells), colour in zip(found.bands, LIKELY, strict=True)
    ]
    now = [
        Area(cells, t["now"].format(at=_clock(found.at, zone)), stroke="#1a1a1a")
        for within, cells in found.reached[:1]
    ]
    later = [
        Area(
            cells, t["within"].format(minutes=int(within.total_seconds()) // 60), stroke=GREYS[row]
        )
        for row, ((_, before), (within, cells)) in enumerate(pairwise(found.reached))
        if len(cells) > len(before)
    ]
    told = Area(found.told, t["told"].format(waves=found.waves), stroke=TOLD, dashed=True)
    areas = [*bands[::-1], *later[::-1], *now, told]
    hubs = [_hub_mark(one, names or {}, zone) for one in found.hubs[:HUBS_DRAWN]]
    said = t["policy"].format(
        policy=found.policy, version=found.policy_version, index=found.log_index
    )
    return Sheet(
        *lat_lon,
        title=t["field"].format(code=case_code(found.case), at=_moment(found.at, zone)),
        lines=(said,),
        areas=tuple(one for one in areas if len(one.cells)),
        marks=(*_sources(found, t, zone), *hubs, *context),
        keys=_keys(found, t),
        north=t["north"],
    )


def _clock(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %z}"


def _sources(found: CaseField, t: Mapping[str, str], zone: tzinfo) -> list[Mark]:
    placed = zip(found.known.sources, found.weights, strict=True)
    return [
        Mark(
            *centre_deg(one.cell),
            label=f"{t['sighting' if number else 'last-seen']} {_clock(one.seen_at, zone)}",
            shape="ring" if number else "cross",
            colour="#1a1a1a" if weight or number == 0 else OLD,
            radius_m=float(one.error_m),
        )
        for number, (one, weight) in reversed(list(enumerate(placed)))
    ]


def _hub_mark(one: HubAhead, names: Mapping[str, str], zone: tzinfo) -> Mark:
    return Mark(
        one.hub.lat_deg,
        one.hub.lon_deg,
        label=f"{names.get(one.hub.id, one.hub.id)} {_clock(one.earliest_at, zone)}",
        shape="square",
        colour=UNTOLD if one.watch in UNWATCHED else HUB,
        optional=True,
    )


def _keys(found: CaseField, t: Mapping[str, str]) -> tuple[Mark, ...]:
    old = not all(found.weights[1:])
    watched = [one.watch not in UNWATCHED for one in found.hubs]
    keys = [
        (True, "cross", "#1a1a1a", "last-seen"),
        (len(found.known.sources) > 1, "ring", "#1a1a1a", "sighting"),
        (old, "ring", OLD, "sighting-old"),
        (any(watched), "square", HUB, "hub"),
        (not all(watched), "square", UNTOLD, "hub-untold"),
    ]
    return tuple(Mark(0, 0, t[word], shape, colour) for shown, shape, colour, word in keys if shown)


def course_sheet(
    course: Course,
    facts_case: str,
    hubs: Sequence[Hub],
    lang: str = "en",
    *,
    names: Mapping[str, str] | None = None,
    context: Sequence[Mark] = (),
    zone: tzinfo = CHINA,
) -> Sheet:
    """Return the map of a course: whom it told by when, and which hubs it ordered."""
    t = PHRASES[lang]
    by_moment = {wave.at: cells for wave, cells in course.told()}  # the last of each moment
    told = list(by_moment.items())
    ends = sorted({len(told) * part // len(BY_TIME) for part in range(1, len(BY_TIME) + 1)} - {0})
    areas = [
        Area(told[end - 1][1], t["wave"].format(at=_clock(told[end - 1][0], zone)), colour)
        for end, colour in zip(ends, BY_TIME, strict=False)
    ]
    places = {hub.id: hub for hub in hubs}
    marks = [
        Mark(
            place.lat_deg,
            place.lon_deg,
            label=f"{(names or {}).get(one.hub, one.hub)} {_clock(one.at, zone)}",
            shape="square",
            colour=HUB,
            optional=True,
        )
        for one in course.orders[:HUBS_DRAWN]
        if (place := places.get(one.hub)) is not None
    ]
    start = centre_deg(course.last_seen_cell)
    seen = Mark(*start, f"{t['last-seen']} {_clock(course.last_seen_at, zone)}", "cross")
    policy = t["as-it-was"] if course.policy == RECORDED else course.policy
    line = t["course-none" if course.first_wave_s is None else "course-line"].format(
        waves=len(course.waves),
        first=course.first_wave_s,
        orders=len(course.orders),
        ahead=len(course.ahead),
    )
    return Sheet(
        *(centre_deg(course.waves[-1].focus) if course.waves else start),
        title=t["course"].format(code=case_code(facts_case), policy=policy),
        lines=(line,),
        areas=tuple(areas[::-1]),
        marks=(seen, *marks, *context),
        keys=(Mark(0, 0, t["last-seen"], "cross"), Mark(0, 0, t["hub-ordered"], "square", HUB)),
        north=t["north"],
    )


LANDMARK_M_MAX: Final = 60_000.0
"""From farther away a landmark says nothing about a place."""


def _seen_m(cell: str, context: Sequence[Mark]) -> float:
    """Return how far a map must show so that the first landmark, and its name, are on it."""
    if not context:
        return 0.0
    away_m = distance_m(*centre_deg(cell), context[0].lat_deg, context[0].lon_deg)
    return 1.5 * away_m if away_m <= LANDMARK_M_MAX else 0.0


def place_sheet(cell: str, error_m: int, lang: str, context: Sequence[Mark] = ()) -> Sheet:
    """Return the small map of a reporter's page: the place last seen, and nothing else."""
    t = PHRASES[lang]
    place = Mark(*centre_deg(cell), t["place-key"], "cross", radius_m=float(error_m))
    return Sheet(
        *centre_deg(cell),
        title=t["place"],
        marks=(place, *context),
        radius_m_min=max(2.5 * error_m, 1_000.0, _seen_m(cell, context)),
        size_px=SMALL_PX,
        north=t["north"],
    )


def given_sheet(cell: str, area: Cells, lang: str, context: Sequence[Mark] = ()) -> Sheet:
    """Return the map of an area that somebody gave, with the place last seen."""
    t = PHRASES[lang]
    place = Mark(*centre_deg(cell), t["place-key"], "cross")
    return Sheet(
        *centre_deg(cell),
        title=t["given"],
        areas=(Area(area, t["given-key"], LIKELY[-1], stroke=TOLD),),
        marks=(place, *context),
        north=t["north"],
    )


def direction(hub_cell: str, focus: str) -> int:
    """Return from which of eight directions somebody comes to a hub: 0 north, 2 east."""
    there = unit_of(*centre_deg(focus))
    east, north = compass(*centre_deg(hub_cell))
    return round(float(np.degrees(np.arctan2(there @ east, there @ north))) / 45) % 8


def coming_sheet(hub_cell: str, wind: int, window: str, lang: str) -> Sheet:
    """Return the small map of a hub's page: itself, its window, and from where they may come.

    One of eight directions and no distance: where somebody was seen cannot be read from it.
    """
    t = PHRASES[lang]
    said = t[f"wind-{wind}"]
    return Sheet(
        *centre_deg(hub_cell),
        title=t["coming"].format(direction=said),
        lines=(window,),
        marks=(Mark(*centre_deg(hub_cell), t["you"], "square", HUB),),
        radius_m_min=1_000.0,
        size_px=SMALL_PX,
        north=t["north"],
        arrow=(wind * 45, t["from"].format(direction=said)),
        scale=False,
    )
