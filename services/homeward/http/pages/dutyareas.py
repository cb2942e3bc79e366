"""A given area on the duty page: pasted, or a district by its name; its outline before a draft."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from homeward.formats.mapsvg import svg
from homeward.formats.sheets import given_sheet
from homeward.geography.cells import Cells
from homeward.http.doors import Door
from homeward.http.drawing import CELLS_MAX, Drawn, cells_of
from homeward.http.pages.areatexts import AreaUnreadable, area_of
from homeward.http.pages.landmarks import landmarks
from homeward.http.problems import AreaImpossible
from homeward.http.rooms import Rooms
from homeward.refusals import Refused

DRAWN: Final[TypeAdapter[Any]] = TypeAdapter(Drawn)
SEATS: Final = 12


class DistrictUnnamed(Refused):
    """No known district has that name or code."""

    code = "district-unnamed"
    status = 422
    mend = "Type it as the authority's list has it, or paste the area."


@dataclass(frozen=True, slots=True)
class Looked:
    """An area that was typed, as the form shows it back before anything is drafted."""

    said: Mapping[str, str] = field(default_factory=dict)
    outline: str = ""
    """SVG; "": there is none to show."""
    seen: str = ""
    """Names what was typed: sent back with the form, it says that the outline was there."""


def seen_of(said: Mapping[str, str]) -> str:
    """Return what names the area that a form says; "" where it says none."""
    typed = said.get("area", ""), said.get("district", "")
    return hashlib.sha256("\n".join(typed).encode()).hexdigest()[:16] if any(typed) else ""


async def area_in(rooms: Rooms, said: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the area that a form says, as the API takes it; None: it says none.

    A pasted one goes before a named district. Raises AreaUnreadable, AreaImpossible,
    DistrictUnnamed.
    """
    if text := said.get("area", ""):
        return area_of(text)
    name = said.get("district", "")
    if not name:
        return None
    found = rooms.districts.named(name) if rooms.districts else None
    if found is None:
        raise DistrictUnnamed
    cells = await asyncio.to_thread(found.cells)
    if len(cells) > CELLS_MAX:
        raise AreaImpossible(f"more than {CELLS_MAX:,} cells")
    return {"type": "cells", "cells": [f"{one:x}" for one in cells.tolist()]}


async def look(rooms: Rooms, door: Door, said: Mapping[str, str], lang: str) -> Looked | None:
    """Return the outline of a typed area that was not shown yet; None: nothing is to be looked at.

    What cannot be drawn is refused where it is drafted, so it is passed over here.
    """
    seen = seen_of(said)
    if not seen or said.get("seen") == seen:
        return None
    try:
        typed = DRAWN.validate_python(await area_in(rooms, said))
        cells = await asyncio.to_thread(lambda: cells_of(typed.area()))
    except (Refused, ValidationError):
        return None
    return Looked(said, outline(door, cells, lang), seen)


def outline(door: Door, cells: Cells, lang: str) -> str:
    """Return a map of a given area, with the place last seen and the seats of counties around."""
    assert door.state.raised is not None
    cell = door.state.raised.last_seen_cell
    return svg(given_sheet(cell, cells, lang, landmarks(cell, SEATS)))


async def checked_area(rooms: Rooms, said: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the area of a draft, with a mend that fits a form. Raises as `area_in`."""
    area = await area_in(rooms, said)
    try:
        if area is not None:
            DRAWN.validate_python(area)
    except ValidationError:
        raise AreaUnreadable from None
    return area
