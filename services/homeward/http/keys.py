"""API keys: made, listed, revoked. The secret is shown once and only its hash is kept."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from homeward.desk import Asking
from homeward.facts.access import KeyIssued, KeyRevoked
from homeward.http.answers import KeyLine, KeyList, KeyOut
from homeward.http.asking import WithKey
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action
from homeward.http.bodies import KeyBody
from homeward.http.problems import KeyForNobody, KeyShownAlready, NoSuchKey
from homeward.http.strict import StrictRoute
from homeward.words import Role, derived_id

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=StrictRoute)
STREAM = "access-keys"


async def _nothing() -> Sequence[Any]:
    return ()


@router.post("", status_code=201)
async def make(
    body: KeyBody,
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.KEYS))],
    keyed: WithKey,
) -> KeyOut:
    """Make a key; its secret is in this answer and nowhere else."""
    if body.role is Role.SYSTEM:
        raise KeyForNobody
    asking = Asking(caller.by, keyed.key, keyed.request_hash)
    request = derived_id(rooms.log.origin, asking.by.id, asking.key, "request")
    if await rooms.log.answered(request) is not None:
        raise KeyShownAlready
    secret, holder = await rooms.api_keys.create(body.role, body.account, body.org)
    fact = KeyIssued(
        at=rooms.clock.now(),
        prefix=holder.prefix,
        role=holder.role,
        account=holder.account,
        org=holder.org,
    )
    receipt = await rooms.desk.submit(STREAM, asking, _nothing, lambda _: (fact,))
    if receipt.repeated:  # the same request, sent twice at once: the other one shows its key
        await rooms.api_keys.revoke(holder.prefix)
        raise KeyShownAlready
    return KeyOut(
        key=secret,
        prefix=holder.prefix,
        role=holder.role.value,
        account=holder.account,
        org=holder.org,
    )


@router.get("", dependencies=[Depends(guarded(Action.KEYS))])
async def list_(rooms: InRooms) -> KeyList:
    """List all keys, without their secrets."""
    return KeyList(
        items=[
            KeyLine(
                prefix=one.prefix,
                role=one.role.value,
                account=one.account,
                org=one.org,
                revoked=one.revoked,
            )
            for one in await rooms.api_keys.page()
        ]
    )


@router.delete("/{prefix}", status_code=204)
async def revoke(
    prefix: Annotated[str, Path(pattern=r"^[a-z0-9]{4,12}$")],
    rooms: InRooms,
    caller: Annotated[Caller, Depends(guarded(Action.KEYS))],
) -> Response:
    """Let a key open nothing any more."""
    if not await rooms.api_keys.revoke(prefix):
        raise NoSuchKey
    asking = Asking(caller.by, f"revoke {prefix}", b"revoke")
    fact = KeyRevoked(at=rooms.clock.now(), prefix=prefix)
    await rooms.desk.submit(STREAM, asking, _nothing, lambda _: (fact,))
    return Response(status_code=204)
