"""Invites of an organisation, and who of those that joined by them may hear."""

from collections.abc import Sequence
from datetime import timedelta
from hmac import compare_digest
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from homeward.desk import Asking
from homeward.facts.joining import InviteMade, InviteRevoked, VolunteerAccepted, VolunteerDeclined
from homeward.http.asking import Limit, WithKey
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.bodies import Body, Whole
from homeward.http.joinrefusals import NobodyWaits, NoOrganisation, NoSuchInvite
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Fact
from homeward.ports import Invite
from homeward.words import Id, RecipientId, Tier, case_code, instant_text

router = APIRouter(prefix="/v1", tags=["invites"], route_class=StrictRoute)
STREAM: Final = "access-invites"
PURPOSE: Final = "invite"
"""What the ring derives the tokens of these links for; another world's ring opens none of them."""
NOBODY: Final = "-"
DAY_S: Final = 86_400


class InviteBody(Body):
    """An invite."""

    expires_in_s: Annotated[Whole, Field(ge=60, le=30 * DAY_S)] = 7 * DAY_S
    uses: Annotated[Whole, Field(ge=1, le=1_000, description="So many people may join.")] = 1


class InviteOut(BaseModel):
    """An invite and its link."""

    invite: str
    link: str
    expires_at: str
    uses: int
    used: int
    revoked: bool


class InviteList(BaseModel):
    """The invites of an organisation."""

    items: list[InviteOut]


class WaitingOut(BaseModel):
    """Somebody who waits; neither who they are nor where."""

    recipient: str
    code: Annotated[str, Field(description="Their page shows it: they tell it to whom they know.")]
    invite: str
    joined_at: str
    lang: str


class WaitingList(BaseModel):
    """Who waits, the longest first."""

    items: list[WaitingOut]


class AcceptBody(Body):
    """How far they are trusted."""

    tier: Tier = Tier.PUBLIC


def token_of(rooms: Rooms, invite: str) -> str:
    """Return what stands behind /join/ in an invite's link."""
    return f"{invite}.{rooms.ring.token(PURPOSE, invite)}"


async def invite_of(rooms: Rooms, token: str) -> Invite | None:
    """Return the invite that a token is of, open or not; None: it is none of this world."""
    invite, _, said = token.partition(".")
    if not compare_digest(rooms.ring.token(PURPOSE, invite).encode(), said.encode()):
        return None
    return await rooms.invites.get(invite)


def _organisation(caller: Caller) -> str:
    if caller.by.org in {"", NOBODY}:
        raise NoOrganisation
    return caller.by.org


def _shown(rooms: Rooms, one: Invite) -> InviteOut:
    return InviteOut(
        invite=one.id,
        link=f"{rooms.public_url().rstrip('/')}/join/{token_of(rooms, one.id)}",
        expires_at=instant_text(one.expires_at),
        uses=one.uses,
        used=one.used,
        revoked=one.revoked,
    )


async def _nothing() -> Sequence[Any]:
    return ()


async def _said(rooms: Rooms, caller: Caller, keyed: WithKey, fact: Fact) -> None:
    await rooms.desk.submit(STREAM, keyed.asking(caller.by), _nothing, lambda _: (fact,))


Inviting = Annotated[Caller, Depends(guarded(Action.INVITE))]
Admitting = Annotated[Caller, Depends(guarded(Action.ADMIT))]
InvitePath = Annotated[Id, Path()]
Who = Annotated[RecipientId, Path()]


@router.post("/invites", status_code=201)
async def make(body: InviteBody, rooms: InRooms, caller: Inviting, keyed: WithKey) -> InviteOut:
    """Make a link by which so many people may join your organisation."""
    org, name = _organisation(caller), rooms.desk.new_id(keyed.asking(caller.by), "invite")
    until = rooms.clock.real().replace(microsecond=0) + timedelta(seconds=body.expires_in_s)
    fact = InviteMade(at=rooms.clock.now(), invite=name, expires_at=until, uses=body.uses)
    await _said(rooms, caller, keyed, fact)
    await rooms.invites.make(Invite(name, org, caller.by.id, until, body.uses))
    kept = await rooms.invites.get(name)  # asked again, it is the first one
    assert kept is not None
    return _shown(rooms, kept)


@router.get("/invites")
async def list_(rooms: InRooms, caller: Inviting) -> InviteList:
    """List the invites of your organisation."""
    found = await rooms.invites.of(_organisation(caller))
    return InviteList(items=[_shown(rooms, one) for one in found])


@router.delete("/invites/{invite}", status_code=204)
async def revoke(invite: InvitePath, rooms: InRooms, caller: Inviting) -> Response:
    """Let nobody join by a link any more; who joined before still waits."""
    if not await rooms.invites.revoke(invite, _organisation(caller)):
        raise NoSuchInvite
    asking = Asking(caller.by, f"revoke {invite}", b"revoke")
    fact = InviteRevoked(at=rooms.clock.now(), invite=invite)
    await rooms.desk.submit(STREAM, asking, _nothing, lambda _: (fact,))
    return Response(status_code=204)


@router.get("/waiting")
async def waiting(rooms: InRooms, caller: Admitting, limit: Limit = 50) -> WaitingList:
    """List who joined by a link of your organisation and hears nothing yet."""
    found = await rooms.invites.waiting(_organisation(caller), limit)
    return WaitingList(
        items=[
            WaitingOut(
                recipient=one.recipient,
                code=case_code(one.recipient),
                invite=one.invite,
                joined_at=instant_text(one.joined_at),
                lang=one.lang,
            )
            for one in found
        ]
    )


async def _waits(rooms: Rooms, caller: Caller, keyed: WithKey, recipient: str) -> str:
    """Return the organisation for which somebody waits, or waited. Raises NobodyWaits."""
    org = _organisation(caller)
    answered = await rooms.desk.answered(keyed.asking(caller.by))
    if not answered and await rooms.invites.waits_for(recipient) != org:
        raise NobodyWaits
    return org


@router.post("/recipients/{recipient}/accept", status_code=204)
async def accept(
    recipient: Who, body: AcceptBody, rooms: InRooms, caller: Admitting, keyed: WithKey
) -> Response:
    """Let somebody hear of alerts from now on; who is in a live area hears of it at once."""
    org = await _waits(rooms, caller, keyed, recipient)
    fact = VolunteerAccepted(at=rooms.clock.now(), recipient=recipient, tier=body.tier)
    await _said(rooms, caller, keyed, fact)  # first: nobody hears by nobody's word
    await rooms.invites.accept(recipient, org, body.tier)
    return Response(status_code=204)


@router.post("/recipients/{recipient}/decline", status_code=204)
async def decline(recipient: Who, rooms: InRooms, caller: Admitting, keyed: WithKey) -> Response:
    """Forget somebody who waits; their link opens nothing any more."""
    org = await _waits(rooms, caller, keyed, recipient)
    await _said(rooms, caller, keyed, VolunteerDeclined(at=rooms.clock.now(), recipient=recipient))
    await rooms.invites.decline(recipient, org)
    return Response(status_code=204)
