"""Opening a case to who may see it; to all others it does not exist (I-19)."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Path

from homeward.case import Case
from homeward.case.merging import family
from homeward.case.refusals import CaseOnHold
from homeward.desk import goes_on_in
from homeward.facts.case import AlertIssued
from homeward.facts.hub import WatchOrdered
from homeward.http.auth import Caller, InRooms, guarded
from homeward.http.authorisation import Action, Scope
from homeward.http.rooms import Rooms
from homeward.messages import Actor, Recorded
from homeward.ports import InboxMessage
from homeward.refusals import NoSuchCase
from homeward.words import Role, case_prefix

INBOX_PAGE: Final = 500
INBOX_PAGES_MAX: Final = 20
"""A recipient with more messages than both together has read the oldest ones long ago."""
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

HOLD_SEEN: Final = frozenset({Role.SUPERVISOR, Role.REPORTER})
"""Who is let in to a case on hold: who lifts it, and who must not learn of it."""

CasePath = Annotated[
    str,
    Path(
        max_length=36,
        description="The case's id, or its code.",
        examples=["ABCD-EFGH"],
    ),
]


@dataclass(frozen=True, slots=True)
class Door:
    """A case that is open to somebody."""

    caller: Caller
    case: str
    recorded: Sequence[Recorded]
    state: Case

    @property
    def on_hold(self) -> bool:
        """Whether that is all that may be shown of it to who asks."""
        return self.state.held and self.by.role not in HOLD_SEEN

    @property
    def by(self) -> Actor:
        """Who asks."""
        return self.caller.by


async def case_id(rooms: Rooms, said: str) -> str:
    """Return the id of the case that an id or a code names. Raises NoSuchCase."""
    if _ID.fullmatch(said):
        return said
    try:
        found = await rooms.log.case_with_prefix(case_prefix(said))
    except ValueError:
        raise NoSuchCase from None
    if found is None:
        raise NoSuchCase
    return found


async def enter(rooms: Rooms, caller: Caller, case: str, *, on_hold: bool = False) -> Door:
    """Return the case if it is in the caller's scope.

    ``on_hold``: whoever asks shows no more of such a case than that. Raises NoSuchCase, CaseOnHold.
    """
    now = await rooms.desk.case_now(case)
    recorded, state = now.recorded, now.state
    if state.raised is None or not await _in_scope(rooms, caller, case, recorded, state):
        raise NoSuchCase
    if state.held and not on_hold and caller.by.role not in HOLD_SEEN:
        raise CaseOnHold
    return Door(caller, case, recorded, state)


async def _in_scope(
    rooms: Rooms, caller: Caller, case: str, recorded: Sequence[Recorded], state: Case
) -> bool:
    by = caller.by
    if caller.case is not None and caller.case != case:
        return False
    match caller.scope:
        case Scope.ALL:
            return True
        case Scope.OWN:
            return state.reporter == by.id
        case Scope.DESK:
            return desk_sees(by, recorded, state)
        case Scope.TOLD:
            if by.role is Role.HUB:
                return any(
                    isinstance(one.fact, WatchOrdered) and one.fact.hub == by.id for one in recorded
                )
            inbox = await messages_of(rooms, by.id)
            of = family(state)
            return any(one.case in of for one in inbox) or await _was_told(
                rooms, by.id, case, recorded
            )


async def _was_told(rooms: Rooms, recipient: str, case: str, recorded: Sequence[Recorded]) -> bool:
    """Whether a hand-over to the recipient was ever begun: not all are told by their inbox."""
    found = await rooms.roster.get(recipient)
    alerts = {one.fact.alert for one in recorded if isinstance(one.fact, AlertIssued)}
    if found is None:
        return False
    for alert in sorted(alerts):
        if await rooms.tellings.includes(case, alert, found.ordinal):
            return True
    return False


async def followed(rooms: Rooms, door: Door) -> Door:
    """Return the case in which one goes on; itself, when it was not merged."""
    if not door.state.into:
        return door
    now = await goes_on_in(rooms.desk, door.case)
    if now.state.held and door.by.role not in HOLD_SEEN:
        raise CaseOnHold
    return Door(door.caller, now.state.id, now.recorded, now.state)


def desk_sees(by: Actor, recorded: Sequence[Recorded], state: Case) -> bool:
    """Whether a desk of an organisation sees a case: its own, or one that waits for somebody."""
    if state.unverified or state.reporter == by.id:
        return True
    raiser = next(one.by for one in recorded if one.kind == "case.raised/1")
    return by.org != "-" and raiser.org == by.org


async def messages_of(rooms: Rooms, recipient: str) -> list[InboxMessage]:
    """Return all messages of a recipient, oldest first."""
    found: list[InboxMessage] = []
    for _ in range(INBOX_PAGES_MAX):
        page = await rooms.inbox.since(recipient, found[-1].seq if found else 0, INBOX_PAGE)
        found += page
        if len(page) < INBOX_PAGE:
            break
    return found


def opened(action: Action) -> Callable[..., Awaitable[Door]]:
    """Return the dependency of a route that does something with the case in its path."""

    async def open_case(
        case: CasePath, rooms: InRooms, caller: Annotated[Caller, Depends(guarded(action))]
    ) -> Door:
        seen = action is Action.SEE_CASE
        return await enter(rooms, caller, await case_id(rooms, case), on_hold=seen)

    return open_case
