"""Asking the desk about a case: what all routes that decide have in common."""

from collections.abc import Awaitable, Callable, Sequence

from homeward.case import Case, decide, fold
from homeward.desk import Asking, Beside, Receipt
from homeward.http.rooms import Rooms
from homeward.messages import Recorded
from homeward.requests import Request

Prepare = Callable[[Case, Sequence[Recorded]], Awaitable[Request]]


async def decide_case(rooms: Rooms, case: str, asking: Asking, request: Request) -> Receipt:
    """Make a request about a case true. Raises Refused, LogUnavailable."""
    return await rooms.desk.submit(
        f"case-{case}",
        asking,
        lambda: rooms.desk.case_facts(case),
        lambda recorded: decide(fold(recorded), request),
    )


async def decide_prepared(
    rooms: Rooms, case: str, asking: Asking, prepare: Prepare, *beside: Beside
) -> Receipt:
    """Make a request true that needs what is known at the moment of deciding, like a hub book."""
    made: list[Request] = []

    async def load() -> Sequence[Recorded]:
        recorded = await rooms.desk.case_facts(case)
        made[:] = [await prepare(fold(recorded), recorded)]
        return recorded

    return await rooms.desk.submit(
        f"case-{case}", asking, load, lambda recorded: decide(fold(recorded), made[0]), *beside
    )
