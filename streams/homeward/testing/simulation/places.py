"""A small world: a handful of cells, a few dozen people in them, hubs, desks."""

from functools import cache
from typing import Final

import h3

from homeward.geography.hubbook import Hub, write_hub_book
from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind

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


def first_roster() -> tuple[Recipient, ...]:
    """Return who is registered when a history begins."""
    people = tuple(volunteer(number, number * 17 + 3) for number in range(36))
    return (*people, *HUBS, *(desk(level) for level in range(4)))


def _in_book(one: Recipient) -> Hub:
    lat_deg, lon_deg = h3.cell_to_latlng(one.cells[0])
    return Hub.at(one.id, one.hub_kind, lat_deg, lon_deg, len(one.contacts))


BOOK: Final = write_hub_book(_in_book(one) for one in HUBS)
"""The hubs as an officer's decision writes them down."""
