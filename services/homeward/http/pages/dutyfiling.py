"""Forms that end a case and keep its file; each asks the desk what its API asks."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError

from homeward.http import alerts, cases, filing
from homeward.http.asking import Keyed
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action
from homeward.http.bodies import (
    ExpungeBody,
    NoteBody,
    PartnerBody,
    PartnersBody,
    ReasonBody,
    ResolveBody,
)
from homeward.http.doors import Door
from homeward.http.pages.desk import DeskRoute, at_case
from homeward.http.pages.dutyacts import act_on
from homeward.http.pages.dutydrafts import check_seat
from homeward.http.pages.dutyfile import HELPED, known
from homeward.refusals import Refused
from homeward.words import ReasonCode, case_code

router = APIRouter(prefix="/duty/cases/{case}", tags=["duty"], route_class=DeskRoute)
PARTNER: Final[TypeAdapter[str]] = TypeAdapter(ReasonCode)


class PartnerUnfit(Refused):
    """The name of a partner is none that can stand in the record."""

    code = "partner-unfit"
    status = 422
    mend = "Name each partner on a line of its own, in Latin letters, e.g. city-radio."


class CodeNotTyped(Refused):
    """What was typed to confirm is not the code of the case."""

    code = "code-not-typed"
    status = 422
    mend = "Type the case code as the page shows it."


class HelperUnknown(Refused):
    """The case knows nobody who helped by that id."""

    code = "helper-unknown"
    status = 422
    mend = "Open the case again and tick who helped."


def partners_of(typed: str) -> tuple[str, ...]:
    """Return the partners that lines of text name, as the record has them. Raises PartnerUnfit."""
    found = dict.fromkeys(
        "-".join(one.casefold().replace("-", " ").split()) for one in typed.splitlines()
    )
    found.pop("", None)
    try:
        return tuple(PARTNER.validate_python(one) for one in found)
    except ValidationError:
        raise PartnerUnfit from None


def check_typed(door: Door, typed: str) -> None:
    """Let pass whoever typed the code of the case. Raises CodeNotTyped."""
    plain = "".join(typed.split()).upper().replace("-", "")
    if plain != case_code(door.case).replace("-", ""):
        raise CodeNotTyped


@router.post("/withdraw", status_code=303)
async def withdraw(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.WITHDRAW))]
) -> Response:
    """Take one's own report back."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = NoteBody(note=said.get("note") or None)
        await cases.withdraw(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "withdraw", doing)


@router.post("/resolve", status_code=303)
async def resolve(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.RESOLVE))]
) -> Response:
    """Say what became of the person, and who helped."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        helped = sorted(one.removeprefix(HELPED) for one in said if one.startswith(HELPED))
        if not known(door).issuperset(helped):
            raise HelperUnknown
        body = ResolveBody.model_validate({"outcome": said.get("outcome"), "helped_by": helped})
        await cases.resolve(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "resolve", doing)


@router.post("/close-out", status_code=303)
async def close_out(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.RESOLVE))]
) -> Response:
    """Tell exactly those who were told that it is over."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await alerts.close_out(Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "close-out", doing)


@router.post("/reopen", status_code=303)
async def reopen(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.REOPEN))]
) -> Response:
    """Open a case again that was closed by mistake."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = ReasonBody(reason=said.get("reason", ""))
        await filing.reopen(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "reopen", doing)


@router.post("/de-publish", status_code=303)
async def de_publish(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.DE_PUBLISH))]
) -> Response:
    """Take down what was published, and name who holds a copy."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = PartnersBody(partners=partners_of(said.get("partners", "")))
        await filing.de_publish(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "de-publish", doing)


@router.post("/confirm-partner", status_code=303)
async def confirm_partner(
    request: Request,
    rooms: InRooms,
    door: Annotated[Door, Depends(at_case(Action.CONFIRM_PARTNER))],
) -> Response:
    """Say that a partner has taken its copy down."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = PartnerBody(partner=said.get("partner", ""))
        await filing.confirm_partner(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "confirm-partner", doing)


@router.post("/seal", status_code=303)
async def seal(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.SEAL))]
) -> Response:
    """Close the file."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        del said
        await filing.seal(Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "seal", doing)


@router.post("/ask-expunge", status_code=303)
async def ask_expunge(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.ASK_EXPUNGE))]
) -> Response:
    """Ask that the persons in the case be forgotten."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        body = ReasonBody(reason=said.get("reason", ""))
        await filing.ask_expunge(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "ask-expunge", doing)


@router.post("/expunge", status_code=303)
async def expunge(
    request: Request, rooms: InRooms, door: Annotated[Door, Depends(at_case(Action.EXPUNGE))]
) -> Response:
    """Agree to it, after the code was typed: another person, in another browser."""

    async def doing(keyed: Keyed, said: Mapping[str, str]) -> None:
        asked = next((one for one in door.recorded if one.id == said.get("asked")), None)
        if asked and asked.by.id != door.by.id:  # else the desk says so itself
            check_seat(door.by, asked)
        check_typed(door, said.get("confirm", ""))
        body = ExpungeBody.model_validate({"asked": said.get("asked")})
        await filing.expunge(body, Response(), rooms, door, keyed)

    return await act_on(request, rooms, door, "expunge", doing)
