"""What is known of a suspect: noted by the police, and kept out of what everybody reads."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from homeward.case.rules import DRAFTERS
from homeward.desk import Opened
from homeward.formats.telltales import telltales
from homeward.formats.texts import Subject
from homeward.http.answers import ReceiptOut
from homeward.http.asking import WithKey
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import SuspectBody
from homeward.http.cases import decided
from homeward.http.doors import Door, opened
from homeward.http.personal import SUSPECT
from homeward.http.strict import StrictRoute
from homeward.messages import Recorded
from homeward.refusals import Refused
from homeward.requests import case as requests
from homeward.words import Relation

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)
IDENTIFIED = "case.vehicle-identified/1"
PROPOSED = "case.facts-proposed/1"
NOTED = "case.suspect-noted/1"


class SuspectInPublic(Refused):
    """A field that everybody reads holds a licence plate, or words noted of a suspect."""

    code = "suspect-in-public"
    status = 422
    mend = "Name those fields in `leave_out`; note what they say of a suspect as such."


@router.post("/{case}/suspect")
async def note(
    body: SuspectBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.NOTE_SUSPECT))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say what is known of a suspect, as far as it is known: no name, and no face.

    A field that is not given stays as it was noted before; an empty one takes that back. Texts that
    are drafted from then on hold it, each as far as those who read it may know, and only once a
    second person has approved them.
    """
    request = requests.NoteSuspect(
        at=rooms.clock.now(),
        by=door.by,
        suspect=body.suspect,
        relation=body.relation,
        vehicle=body.vehicle,
        licence_plate=body.licence_plate,
    )
    return await decided(rooms, door, keyed, request, response)


def vouched(recorded: Sequence[Recorded], sealed: Opened) -> dict[str, Any]:
    """Return what is known of a suspect by those who answer for it, the newest word of each.

    A vehicle and its plate only as staff have said them: a plate that a reporter tells sets
    strangers on its owner, so somebody who answers for it says it again.
    """
    known: dict[str, Any] = dict.fromkeys(SUSPECT)
    for one in recorded:
        said = sealed.get(one.id, {})
        if one.kind == IDENTIFIED and one.by.role in DRAFTERS:
            known |= {name: said.get(name) for name in ("vehicle", "licence_plate")}
        elif one.kind == NOTED:
            known |= {name: said[name] or None for name in SUSPECT if name in said}
    return {**known, "relation": known["relation"] and Relation(known["relation"])}


def checked(subject: Subject, recorded: Sequence[Recorded], sealed: Opened) -> Subject:
    """Return the subject if nothing that everybody reads tells of a suspect.

    Also not what a reporter said of one, for whom nobody answers. Raises SuspectInPublic.
    """
    noted = [
        sealed.get(one.id, {}).get(name)
        for one in recorded
        if one.kind in {IDENTIFIED, PROPOSED, NOTED}
        for name in ("vehicle", "licence_plate", "suspect")
    ]
    found = telltales(subject, [one for one in noted if one])
    if found:
        raise SuspectInPublic(", ".join(found))
    return subject
