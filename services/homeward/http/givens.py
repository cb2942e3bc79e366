"""The area that a draft takes from somebody: drawn, or the district that the case lies in."""

import asyncio

from homeward.case import Case
from homeward.desk import given_of
from homeward.geography.cells import NOWHERE, Cells, from_bytes, to_bytes
from homeward.http.drawing import Drawn, cells_of
from homeward.http.rooms import Rooms
from homeward.policies import TAKE_GIVEN
from homeward.policies.district import District
from homeward.refusals import AreaMissing, Refused


class DistrictsUnset(Refused):
    """No districts are known here, so the one that the case lies in cannot be found."""

    code = "districts-unset"
    status = 422
    mend = "Set HOMEWARD_DISTRICTS to a GeoJSON file of them, or draw one as 'area' of the draft."


class DistrictUnknown(Refused):
    """The place last seen lies in none of the known districts, nor within 1 km of one."""

    code = "district-unknown"
    status = 422
    mend = "Draw the area as 'area' of the draft, or mend the file that HOMEWARD_DISTRICTS names."


async def given_for(
    rooms: Rooms, policy: str, drawn: Drawn | None, state: Case
) -> tuple[bytes | None, str | None]:
    """Return the cells that go with a draft, and the district's name where one was found.

    Measured in a thread: a detailed outline takes a second or two. Raises AreaImpossible,
    PlaceImpossible, DistrictsUnset, DistrictUnknown.
    """
    if drawn is not None:
        return to_bytes(await asyncio.to_thread(cells_of, drawn.area())), None
    if policy != District.name or state.last_seen is None:
        return None, None
    if rooms.districts is None:
        raise DistrictsUnset
    found = rooms.districts.around(state.last_seen.cell)
    if found is None:
        raise DistrictUnknown
    return to_bytes(await asyncio.to_thread(found.cells)), found.name


async def draft_cells(rooms: Rooms, state: Case, draft: str) -> bytes | None:
    """Return the area of a case's newest draft, if that is the one and it has an area."""
    newest = state.draft
    if newest is None or newest.id != draft or not newest.given_cells:
        return None
    return await given_of(rooms.log, draft)


async def previewed(rooms: Rooms, policy: str, state: Case) -> Cells:
    """Return the area that a preview of a case measures: the draft's, else as a draft would get it.

    Raises AreaMissing, DistrictsUnset, DistrictUnknown.
    """
    if policy not in TAKE_GIVEN:
        return NOWHERE
    draft = state.draft
    given = await draft_cells(rooms, state, draft.id) if draft and draft.policy == policy else None
    if given is None:
        given, _ = await given_for(rooms, policy, None, state)
    if given is None:
        raise AreaMissing(policy)
    return from_bytes(given)


async def as_texts(rooms: Rooms, draft: str) -> list[str] | None:
    """Return a draft's area as cells in hex; None when its policy makes its own."""
    given = await given_of(rooms.log, draft)
    return None if given is None else [f"{cell:x}" for cell in from_bytes(given).tolist()]
