"""Cases on hold: the list that holds them, and lifting."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field, model_validator

from homeward.case import fold
from homeward.case.holding import decide_lift, hold_stream
from homeward.desk import Asking
from homeward.facts.access import ProtectedLoaded
from homeward.http.answers import Answered, ReceiptOut, receipt_out
from homeward.http.asking import WithKey, tag
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.bodies import Body, Whole
from homeward.http.doors import Door, opened
from homeward.http.screening import digest_of_form
from homeward.http.strict import StrictRoute
from homeward.messages import Fact
from homeward.policies.screening import listed
from homeward.requests.hold import LiftHold

router = APIRouter(prefix="/v1", tags=["cases"], route_class=StrictRoute)
STREAM = "access-protected"
PERSONS_MAX = 1_000


class ProtectedPerson(Body):
    """Somebody on the list, as the authority writes them; only digests of it are kept."""

    name: Annotated[str | None, Field(max_length=200)] = None
    birth_year: Annotated[Whole, Field(ge=1900, le=2100)] | None = None
    guardian: Annotated[
        str | None, Field(max_length=200, description="Who has the child, or was with them.")
    ] = None
    phone: Annotated[str | None, Field(max_length=40)] = None

    @model_validator(mode="after")
    def _is_somebody(self) -> "ProtectedPerson":
        if not any(listed(self.name, self.birth_year, self.guardian, self.phone)):
            raise ValueError("a name or a telephone is needed")
        return self


class ProtectedBody(Body):
    """A part of the list; the last part makes it whole."""

    load: Annotated[
        str, Field(pattern=r"^[0-9a-zA-Z-]{8,64}$", description="The same for all parts.")
    ]
    persons: Annotated[tuple[ProtectedPerson, ...], Field(max_length=PERSONS_MAX)]
    last: Annotated[
        bool, Field(strict=True, description="Whoever was in no part is protected no more.")
    ] = False

    @model_validator(mode="after")
    def _names_somebody(self) -> "ProtectedBody":
        if self.last and not self.persons:
            raise ValueError("a last part without anybody: it would forget the whole list")
        return self


class ProtectedOut(Answered):
    """How many digests are kept: several a person."""

    digests: int


class LiftBody(Body):
    """Why a case goes on like any other."""

    reason: Annotated[
        str, Field(min_length=20, max_length=500, description="It is sealed: it may name people.")
    ]


@router.post("/protected")
async def load(
    body: ProtectedBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.PROTECT))],
    keyed: WithKey,
) -> ProtectedOut:
    """Load the list of protected persons, in parts; names are forgotten with the answer."""
    forms = (
        form
        for one in body.persons
        for form in listed(one.name, one.birth_year, one.guardian, one.phone)
    )
    asking: Asking = keyed.asking(caller.by)
    if not await rooms.desk.answered(asking):  # else a part that comes late undoes a newer list
        await rooms.protected.add(body.load, [digest_of_form(rooms, one) for one in forms])
        if body.last:
            await rooms.protected.finish(body.load)
    digests = await rooms.protected.count()

    async def nothing() -> tuple[()]:
        return ()

    fact: Fact = ProtectedLoaded(at=rooms.clock.now(), digests=digests, whole=body.last)
    await rooms.desk.submit(STREAM, asking, nothing, lambda _: (fact,))
    return ProtectedOut(digests=digests)


@router.get("/protected")
async def count(
    rooms: InRooms, caller: Annotated[Caller, Depends(guarded(Action.PROTECT))]
) -> ProtectedOut:
    """Return how long the list is; nobody reads who is on it."""
    del caller
    return ProtectedOut(digests=await rooms.protected.count())


@router.post("/cases/{case}/hold/lift")
async def lift(
    body: LiftBody,
    response: Response,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.LIFT_HOLD))],
    keyed: WithKey,
) -> ReceiptOut:
    """Let a case on hold go on like any other; never by who verified it."""
    wish = LiftHold(at=rooms.clock.now(), by=door.by, reason=body.reason)
    receipt = await rooms.desk.submit(
        hold_stream(door.case),
        keyed.asking(door.by),
        lambda: rooms.desk.case_facts(door.case),
        lambda recorded: decide_lift(fold(recorded), wish),
    )
    tag(response, receipt)
    return receipt_out(door.case, receipt)
