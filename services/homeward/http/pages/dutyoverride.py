"""Why those in their quiet hours are to be woken, read by whoever agrees to it."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from homeward.case.attention import of_version
from homeward.http.alerts import DraftPath
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.doors import Door
from homeward.http.pages.desk import WORDS, DeskRoute, at_case, home, page
from homeward.http.pages.language import language
from homeward.http.pages.moments import moment
from homeward.refusals import OverrideNotAsked
from homeward.words import case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)


@router.get("/alerts/{draft_id}/override")
async def see(
    request: Request,
    draft_id: DraftPath,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.APPROVE))],
) -> Response:
    """Show who asked that sleepers be woken, and why; reading the reason is recorded."""
    alert, lang = door.state.alert, language(request)
    override = of_version(door.state, alert) if alert and alert.draft == draft_id else None
    asked = next((one for one in door.recorded if override and one.id == override.asked), None)
    if override is None or asked is None:
        raise OverrideNotAsked
    opened = await rooms.reader.open_case(
        door.case, door.by, purpose="approval", fields=("reason",), reading=str(uuid.uuid4())
    )
    d = WORDS[lang]
    return page(
        request,
        "duty-override.html",
        home=home(door),
        code=case_code(door.case),
        draft_id=draft_id,
        by=d["override-by"].format(account=asked.by.id, at=moment(asked.at, lang)),
        reason=str(opened.get(asked.id, {}).get("reason", "")),
        approved=override.approved,
        agrees=not override.approved
        and door.state.live(rooms.clock.now())
        and override.by != door.by.id,
    )
