"""Watches at hubs, and what volunteers answer."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path

from homeward import answer, watch
from homeward.case import fold
from homeward.desk import Asking, Receipt
from homeward.facts.hub import HubUnreachable, WatchOrdered
from homeward.facts.watch import WatchAcknowledged
from homeward.http.answers import (
    ReceiptOut,
    UnreachableOut,
    WatchList,
    WatchOut,
    receipt_out,
)
from homeward.http.asking import WithKey
from homeward.http.auth import InRooms
from homeward.http.authorisation import Action, Scope
from homeward.http.bodies import AnswerBody, ReasonBody
from homeward.http.doors import Door, opened
from homeward.http.rooms import Rooms
from homeward.http.strict import StrictRoute
from homeward.messages import Actor, Fact, Recorded
from homeward.refusals import NoSuchWatch
from homeward.requests import Request
from homeward.requests.answer import GiveAnswer
from homeward.requests.watch import AcknowledgeWatch, StandDown
from homeward.words import Id, instant_text

router = APIRouter(prefix="/v1/cases", tags=["watches"], route_class=StrictRoute)
NAMES_MAX: Final = 200
"""Hubs whose names are looked up for one list, soonest first."""


@router.get("/{case}/watches")
async def list_(
    rooms: InRooms, door: Annotated[Door, Depends(opened(Action.LIST_WATCHES))]
) -> WatchList:
    """List the watches of a case as ordered last, soonest arrival first; a hub sees its own."""
    own = door.by.id if door.caller.scope is Scope.TOLD else None
    newest = {
        one.fact.watch: one
        for one in door.recorded
        if isinstance(one.fact, WatchOrdered) and own in {None, one.fact.hub}
    }
    ordered = list(newest.values())
    ahead = {
        one.fact.hub: one.fact for one in door.recorded if isinstance(one.fact, HubUnreachable)
    }
    unreachable = [] if own else sorted(ahead.values(), key=lambda fact: (fact.eta_s, fact.hub))
    hubs = [one.fact.hub for one in ordered if isinstance(one.fact, WatchOrdered)]
    names = await _names(rooms, [*hubs, *(fact.hub for fact in unreachable)])
    watches = [_watch_out(one, door.recorded, names) for one in ordered]
    return WatchList(
        items=sorted(watches, key=lambda one: (one.window_from, one.rank, one.watch)),
        unreachable=[
            UnreachableOut(
                hub=fact.hub,
                hub_name=names.get(fact.hub),
                hub_kind=fact.hub_kind,
                eta_s=fact.eta_s,
                at=instant_text(fact.at),
            )
            for fact in unreachable
        ],
    )


async def _names(rooms: Rooms, hubs: Iterable[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for hub in list(dict.fromkeys(hubs))[:NAMES_MAX]:
        registered = await rooms.roster.get(hub)
        found[hub] = registered.recipient.name if registered else None
    return found


def _watch_out(
    one: Recorded, recorded: Sequence[Recorded], names: dict[str, str | None]
) -> WatchOut:
    order = one.fact
    assert isinstance(order, WatchOrdered)
    state = watch.fold(recorded, order.watch)
    said = (
        said.at
        for said in reversed(recorded)
        if isinstance(said.fact, WatchAcknowledged) and said.fact.watch == order.watch
    )
    # The newest: of a watch whose window was moved an earlier one does not count any more.
    at = next(said, None) if state.acknowledged_by else None
    return WatchOut(
        watch=order.watch,
        hub=order.hub,
        hub_name=names.get(order.hub),
        hub_kind=order.hub_kind,
        status=state.status.value,
        rank=order.rank,
        eta_s=order.eta_s,
        ordered_at=instant_text(order.at),
        window_from=instant_text(order.window_from),
        window_to=instant_text(order.window_to),
        acknowledge_by=instant_text(order.acknowledge_by),
        acknowledged_at=instant_text(at) if at else None,
        contact=state.asked,
        to_desk=state.to_desk,
        unattended=order.unattended,
        mode=order.mode.value,
        ended_for=state.ended_for or None,
        alert=order.alert,
        version=order.version,
    )


async def decide_watch(
    rooms: Rooms, door: Door, watch_id: str, asking: Asking, request: Request
) -> Receipt:
    """Make a request about a watch true; a hub's only its own. Raises Refused."""
    order = watch.fold(door.recorded, watch_id).ordered
    if order is None or (door.caller.scope is Scope.TOLD and order.hub != door.by.id):
        raise NoSuchWatch

    def decide(recorded: Sequence[Recorded]) -> Sequence[Fact]:
        return watch.decide(watch.fold(recorded, watch_id), request)

    return await rooms.desk.submit(
        f"watch-{watch_id}", asking, lambda: rooms.desk.case_facts(door.case), decide
    )


@router.post("/{case}/watches/{watch_id}/acknowledge")
async def acknowledge(
    watch_id: Annotated[Id, Path()],
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.WATCH))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say that somebody is watching."""
    request = AcknowledgeWatch(at=rooms.clock.now(), by=door.by)
    asking = Asking(door.by, keyed.key, keyed.request_hash)
    return receipt_out(door.case, await decide_watch(rooms, door, watch_id, asking, request))


@router.post("/{case}/watches/{watch_id}/stand-down")
async def stand_down(
    watch_id: Annotated[Id, Path()],
    body: ReasonBody,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.WATCH))],
    keyed: WithKey,
) -> ReceiptOut:
    """End the watch."""
    request = StandDown(at=rooms.clock.now(), by=door.by, reason=body.reason)
    asking = Asking(door.by, keyed.key, keyed.request_hash)
    return receipt_out(door.case, await decide_watch(rooms, door, watch_id, asking, request))


async def give_answer(rooms: Rooms, case: str, asking: Asking, body: AnswerBody) -> Receipt:
    """Answer as the recipient who asks. Raises Refused."""
    by: Actor = asking.by
    request = GiveAnswer(
        at=rooms.clock.now(),
        by=by,
        case=case,
        recipient=by.id,
        answer=body.answer,
        minutes=body.minutes,
    )

    def decide(recorded: Sequence[Recorded]) -> Sequence[Fact]:
        return answer.decide(fold(recorded), answer.fold(recorded, by.id), request)

    return await rooms.desk.submit(
        f"answer-{case}.{by.id}", asking, lambda: rooms.desk.case_facts(case), decide
    )


@router.post("/{case}/answers")
async def answer_call(
    body: AnswerBody,
    rooms: InRooms,
    door: Annotated[Door, Depends(opened(Action.ANSWER))],
    keyed: WithKey,
) -> ReceiptOut:
    """Say whether one helps; the newest answer counts."""
    asking = Asking(door.by, keyed.key, keyed.request_hash)
    return receipt_out(door.case, await give_answer(rooms, door.case, asking, body))
