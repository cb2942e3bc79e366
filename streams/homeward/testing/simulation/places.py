"""A small world: a handful of cells, a few dozen people in them, hubs, desks; and a wide one."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final

import h3

from homeward.geography.hubbook import Hub, write_hub_book
from homeward.ports import Contact, Recipient
from homeward.testing.histories import History, alone_first, asked_often, seeded, seen_often
from homeward.words import Mode, RecipientKind, Tier

CENTRE: Final = h3.latlng_to_cell(30.66, 104.07, 7)
RINGS_MAX: Final = 5
ZONE: Final = "Asia/Shanghai"

UNREACHABLE: Final = {4, 13, 22, 31}
PAUSED: Final = {5, 16, 27}
INBOX: Final = ((Contact("inbox"),),)


@cache
def disk(cell: str, rings: int) -> tuple[str, ...]:
    """Return the cells around one, nearest first, in an order that never changes."""
    return tuple(
        one
        for ring in range(rings + 1)
        for one in sorted(h3.grid_ring(cell, ring) if ring else [cell])
    )


def place(choice: int) -> str:
    """Return one of the world's cells."""
    cells = disk(CENTRE, RINGS_MAX)
    return cells[choice * 31 % len(cells)]


def volunteer(number: int, choice: int) -> Recipient:
    """Return a volunteer with one to three cells; some have no channel."""
    cells = tuple(dict.fromkeys(place(choice + 7 * one) for one in range(1 + choice % 3)))
    return Recipient(
        id=f"v{number}",
        kind=RecipientKind.VOLUNTEER,
        cells=cells,
        contacts=() if number in UNREACHABLE else INBOX,
        active=number not in PAUSED,
        tier=Tier.VETTED if number % 4 == 0 else Tier.PUBLIC,
    )


@cache
def hub(number: int) -> Recipient:
    """Return a hub with 0 to 2 contacts, one after another."""
    return Recipient(
        id=f"hub{number}",
        kind=RecipientKind.HUB,
        cells=(h3.cell_to_center_child(place(number * 5 + 2), 10),),
        hub_kind="rail-station",
        contacts=INBOX * (number % 3),
        name=f"Hub {number}",
    )


@cache
def desk(level: int) -> Recipient:
    """Return a desk of one level."""
    return Recipient(
        id=f"desk{level}",
        kind=RecipientKind.DESK,
        cells=(CENTRE,),
        level=level,
        contacts=INBOX,
    )


HUBS: Final = tuple(hub(number) for number in range(6))


@dataclass(frozen=True, slots=True)
class World:
    """What differs from one simulated world to another."""

    hubs: tuple[Recipient, ...] = HUBS
    acts: Callable[[int], History] = seeded
    """What people do there, by a seed."""
    policies: tuple[str, ...] = ("field",)
    """Taken in turn, from a history's seed on, by each version of an alert."""
    reach_km_max: int = 30
    sight_km_max: int = 0
    """How far out people are seen; 0: in the world's cells."""
    told_late_s: tuple[int, ...] = (0,)
    """How long after it was made a sighting is told, in turn: so they come out of order."""
    credible_ppm: tuple[int, ...] = (800_000,)
    """How credible accepted sightings are, in turn."""
    sight_modes: tuple[Mode, ...] = (Mode.FOOT,)
    """How people move on from where they were seen, in turn."""
    people_alone_max: int = 7
    """What one officer's word may tell here: few, as few people live here."""
    hubs_alone_max: int = 4
    """How many hubs it may ask: fewer than there are with a contact."""
    rest_s: int = 3_600
    """How long the case clock goes on after the last act."""

    def roster(self) -> tuple[Recipient, ...]:
        """Return who is registered when a history begins."""
        people = tuple(volunteer(number, number * 17 + 3) for number in range(36))
        return (*people, *self.hubs, *(desk(level) for level in range(4)))

    def book(self) -> bytes:
        """Return the hubs as an officer's decision writes them down."""
        return _book(self.hubs)

    def sight(self, choice: int) -> str:
        """Return a cell where somebody was seen."""
        if not self.sight_km_max:
            return place(choice)
        return _away(choice * 7 % self.sight_km_max, choice * 101 % 360)


@cache
def _book(hubs: tuple[Recipient, ...]) -> bytes:
    places = [(one, *h3.cell_to_latlng(one.cells[0])) for one in hubs]
    return write_hub_book(
        Hub.at(one.id, one.hub_kind, lat_deg, lon_deg, len(one.contacts), one.duty)
        for one, lat_deg, lon_deg in places
    )


def _away(km: float, bearing_deg: float, res: int = 7) -> str:
    """Return the cell so far from the centre; a flat Earth is true enough here."""
    lat_deg, lon_deg = h3.cell_to_latlng(CENTRE)
    turn = math.radians(bearing_deg)
    north_deg, east_deg = km * math.cos(turn) / 111.2, km * math.sin(turn) / 111.2
    east_deg /= math.cos(math.radians(lat_deg))
    return str(h3.latlng_to_cell(lat_deg + north_deg, lon_deg + east_deg, res))


@cache
def far_hub(number: int) -> Recipient:
    """Return one of the hubs outside the cells: up to 300 km away, all around."""
    return Recipient(
        id=f"far{number}",
        kind=RecipientKind.HUB,
        cells=(_away(15 + number * 19, number * 137 % 360, 10),),
        hub_kind=("rail", "service-area", "coach", "airport")[number % 4],
        contacts=INBOX * (1 + number % 2),
        name=f"Far hub {number}",
        hours=("", "Mo-Fr 06:00-22:00", "")[number % 3],
        shifts=((), ("20:00-08:00", "08:00-20:00"), ("08:00-20:00",))[number // 4 % 3],
    )


NEAR: Final = World()
WIDE: Final = World(
    hubs=(*HUBS, *(far_hub(number) for number in range(16))),
    acts=seen_often,
    policies=("field", "circles"),
    reach_km_max=400,
    sight_km_max=150,
    told_late_s=(0, 0, 240, 1_500),
    credible_ppm=(800_000, 800_000, 400_000),
    sight_modes=(Mode.VEHICLE, Mode.UNKNOWN, Mode.FOOT),
    rest_s=4 * 3_600,
)
"""Hubs that lie hours ahead, sightings far out, told late and not all credible."""
FAST: Final = World(acts=alone_first)
"""Alerts go out on one officer's word, and a second person approves many of them later."""
FAST_AND_WIDE: Final = replace(WIDE, acts=partial(alone_first, of=seen_often))
ASKING: Final = World(acts=asked_often)
"""Helpers are asked to come to many alerts, and answer."""
