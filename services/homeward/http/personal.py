"""What is sealed in a case, opened for who may read it: recorded first, by clearance (I-13)."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from homeward.case import Status
from homeward.case.refusals import CaseSealed
from homeward.desk import Opened
from homeward.facts.persons import PersonAdded
from homeward.http.authorisation import CLEARANCE, Action, Class, scope_of
from homeward.http.doors import Door
from homeward.http.rooms import Rooms
from homeward.messages import Actor, Recorded
from homeward.refusals import NotForRole
from homeward.words import instant_text

FIELDS: Final = {
    "description": Class.COORDINATOR,
    "place": Class.COORDINATOR,
    "place_text": Class.COORDINATOR,
    "note": Class.COORDINATOR,
    "vehicle": Class.COORDINATOR,
    "licence_plate": Class.POLICE,
    "suspect": Class.POLICE,
    "relation": Class.POLICE,
    "reporter": Class.POLICE,
    "contact": Class.POLICE,
}
"""Sealed fields and how delicate they are; suspect data and private contacts are the police's."""

SUSPECT: Final = ("suspect", "relation", "vehicle", "licence_plate")
"""What is noted of a suspect."""
CLOSED: Final = {"case.suspect-noted/1": Class.POLICE}
"""Facts of which nothing is opened below a class: a suspect's vehicle is no sought person's."""

VEHICLES: Final = frozenset({"case.vehicle-identified/1", "case.facts-proposed/1"})


def readable(by: Actor, status: Status = Status.NONE) -> frozenset[str]:
    """Return the sealed fields that somebody may read in a case. Raises NotForRole."""
    action = Action.OPEN_SEALED if status is Status.SEALED else Action.OPEN_PERSON
    if scope_of(by.role, action) is None:
        raise NotForRole(f"{by.role.value} may not {action.value}")
    clearance = CLEARANCE[by.role]
    return frozenset(name for name, needed in FIELDS.items() if needed <= clearance)


async def open_for(
    rooms: Rooms, door: Door, purpose: str, only: Sequence[str] = tuple(FIELDS)
) -> Opened:
    """Return the opened fields by fact. Raises NotForRole, LogUnavailable."""
    fields = readable(door.by, door.state.status) & set(only)
    closed = {kind for kind, needed in CLOSED.items() if needed > CLEARANCE[door.by.role]}
    reading = str(uuid.uuid4())  # each look is an access of its own
    return await rooms.reader.open_case(
        door.case, door.by, purpose=purpose, fields=fields, reading=reading, closed=closed
    )


async def open_seen(rooms: Rooms, door: Door, purpose: str) -> Opened:
    """Return what is sealed of sightings, also of those of cases that go on in this one.

    Each look is recorded in the case that it opens; one whose file is closed stays so.
    """
    only = ("place", "note", "contact")
    found = dict(await open_for(rooms, door, purpose, only))
    for one in door.state.joined:
        now = await rooms.desk.case_now(one.case)
        with suppress(CaseSealed):
            other = Door(door.caller, one.case, now.recorded, now.state)
            found |= await open_for(rooms, other, purpose, only)
    return found


def person(recorded: Sequence[Recorded], opened: Opened) -> dict[str, Any]:
    """Return what is sealed in the case's own facts."""
    found: dict[str, Any] = {
        "description": None,
        "others": [],
        "place": None,
        "place_text": None,
        "reporter": None,
        "notes": [],
        "vehicles": [],
        "suspects": [],
    }
    for one in recorded:
        if not one.kind.startswith("case."):
            continue
        fields = dict(opened.get(one.id, {}))
        note = fields.pop("note", None)
        if note:
            found["notes"].append(
                {"at": instant_text(one.at), "by": one.by.role.value, "note": note}
            )
        if one.kind == "case.raised/1":
            found |= fields
        elif isinstance(one.fact, PersonAdded) and fields:
            found["others"].append({"person": one.fact.person, **fields})
        elif one.kind == "case.last-seen-corrected/1":
            found |= fields
        elif one.kind in VEHICLES and fields:
            found["vehicles"].append(
                {name: fields.get(name) for name in ("vehicle", "licence_plate")}
            )
        elif one.kind == "case.suspect-noted/1" and fields:
            found["suspects"].append(
                {"at": instant_text(one.at), **{name: fields.get(name) for name in SUSPECT}}
            )
    return found
